using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Looks at who calls a function, in its type and in the rest of the compilation: whether every call is given up after some time. Files are chosen by
/// the names in them, and it is asked last, for what would be reported otherwise.
/// </summary>
internal sealed class CallerBounds
{
    private const int MaxDepth = 6;

    private readonly UseStore _store;
    private readonly NetworkCall _call;
    private readonly CancellationToken _cancellationToken;
    private readonly HashSet<CodeFunction> _asked = new();

    /// <param name="store">The uses of the other types.</param>
    /// <param name="call">What it is asked for.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public CallerBounds(UseStore store, NetworkCall call, CancellationToken cancellationToken)
    {
        _call = call;
        _store = store;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Whether there are calls of the function, and each is bounded from outside.</summary>
    public bool AllBound(CodeFunction function, TypeUses uses) => AllBound(function, uses, depth: 0);

    private bool AllBound(CodeFunction function, TypeUses uses, int depth)
    {
        // Code that cannot be read may give up what it awaits, not a thread that waits.
        if (function.IsGivenToUnknown)
        {
            return _call.Style != UseStyle.Blocking;
        }

        // A circle of calls adds nothing that bounds it.
        if (depth >= MaxDepth || !_asked.Add(function))
        {
            return false;
        }

        var isBound = AllBound(function, uses, depth, out var isCalled) && isCalled;
        _asked.Remove(function);
        return isBound;
    }

    private bool AllBound(CodeFunction function, TypeUses uses, int depth, out bool isCalled)
    {
        // On the pool, who waits for its task waits for it.
        isCalled = function.RunBy.Count > 0;
        if (isCalled && function.BoundedWaits.Count == 0)
        {
            return false;
        }

        foreach (var site in function.CallSites)
        {
            isCalled = true;
            if (!IsBound(site, uses, depth))
            {
                return false;
            }
        }

        if (!function.IsVisibleOutside)
        {
            return true;
        }

        var method = (IMethodSymbol)function.Symbol;
        var symbols = MemberSymbols.Of(method);
        foreach (var caller in _store.TypesUsing(method, _cancellationToken))
        {
            var others = _store.Get(caller, _cancellationToken);
            if (others == uses)
            {
                continue;
            }

            foreach (var symbol in symbols)
            {
                foreach (var site in others.CallsOf(symbol))
                {
                    isCalled = true;
                    if (!IsBound(site, others, depth))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private bool IsBound(CallSite site, TypeUses uses, int depth) =>
        site.BoundedWaits.Count > 0 || site.MayBeBoundedElsewhere || (!_call.IsBirth && uses.HasUnknownSignal(site.Caller)) || AllBound(site.Caller, uses, depth + 1);
}
