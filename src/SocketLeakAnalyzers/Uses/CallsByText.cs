using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Which code may call which, as far as names and numbers of arguments tell: from the files that open such responses to what takes a resource and may
/// be called there, from the code behind that to the next, and so on. The text of most files leads nowhere.
/// </summary>
internal sealed class CallsByText
{
    private readonly Dictionary<UsedNames, SyntaxTree> _opening = new();
    private readonly Dictionary<UsedNames, SyntaxNode> _code = new();
    private readonly Dictionary<UsedNames, HashSet<(UsedNames Caller, DeclaredNames.Taker? Called)>> _ofCode = new();
    private readonly Dictionary<SyntaxTree, HashSet<(UsedNames Caller, DeclaredNames.Taker? Called)>> _ofFiles = new();

    public static CallsByText Find(ObligationContext context, string[] opening, CancellationToken cancellationToken)
    {
        var calls = new CallsByText();
        foreach (var file in context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (UsedNames.Of(file).ContainsAny(opening))
            {
                // What a file opens, it may give to itself.
                calls._opening.Add(UsedNames.Of(file), file);
                calls._code.Add(UsedNames.Of(file), file.GetRoot(cancellationToken));
                calls._ofFiles.Add(file, new HashSet<(UsedNames, DeclaredNames.Taker?)> { (UsedNames.Of(file), null) });
                calls._ofCode.Add(UsedNames.Of(file), new HashSet<(UsedNames, DeclaredNames.Taker?)>());
            }
        }

        if (calls._opening.Count > 0)
        {
            calls.Follow(FindTakers(context, cancellationToken), cancellationToken);
        }

        return calls;
    }

    /// <summary>Whether a file opens a response, or may be called by what leads there.</summary>
    public bool Reaches(SyntaxTree file) => _ofFiles.ContainsKey(file);

    /// <summary>The code that may call something of a file, and what; its own, where it opens a response, calls nothing for that.</summary>
    public IEnumerable<(UsedNames Caller, DeclaredNames.Taker? Called)> Of(SyntaxTree file) => _ofFiles.TryGetValue(file, out var callers) ? callers : Enumerable.Empty<(UsedNames, DeclaredNames.Taker?)>();

    /// <summary>The code that may call what has this code, and by what.</summary>
    public IEnumerable<(UsedNames Caller, DeclaredNames.Taker? Called)> Of(UsedNames code) => _ofCode[code];

    /// <summary>The file, where it opens a response and this is its code.</summary>
    public SyntaxTree? OpeningFile(UsedNames code) => _opening.TryGetValue(code, out var file) ? file : null;

    /// <summary>The code that uses these names: a file, or a method.</summary>
    public SyntaxNode CodeOf(UsedNames code) => _code[code];

    private void Follow(Dictionary<string, List<(DeclaredNames.Taker Taker, SyntaxTree File)>> takers, CancellationToken cancellationToken)
    {
        var pending = new Queue<UsedNames>(_opening.Keys);
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var code = pending.Dequeue();
            foreach (var name in code.All)
            {
                if (!takers.TryGetValue(name, out var same))
                {
                    continue;
                }

                foreach (var (taker, file) in same)
                {
                    if (!taker.MayBeCalledWith(code))
                    {
                        continue;
                    }

                    if (!_ofFiles.TryGetValue(file, out var callers))
                    {
                        _ofFiles.Add(file, callers = new HashSet<(UsedNames, DeclaredNames.Taker?)>());
                    }

                    callers.Add((code, taker));
                    if (!_ofCode.TryGetValue(taker.NamesBehind, out callers))
                    {
                        _ofCode.Add(taker.NamesBehind, callers = new HashSet<(UsedNames, DeclaredNames.Taker?)>());
                        _code.Add(taker.NamesBehind, taker.CodeBehind);
                        pending.Enqueue(taker.NamesBehind);
                    }

                    callers.Add((code, taker));
                }
            }
        }
    }

    /// <summary>The methods and constructors that can be given a response, or a stream, by the name that they are called by, with their files.</summary>
    private static Dictionary<string, List<(DeclaredNames.Taker Taker, SyntaxTree File)>> FindTakers(ObligationContext context, CancellationToken cancellationToken)
    {
        var typeNames = new HashSet<string>(context.Model.BodyTypeNames, StringComparer.Ordinal);
        context.DerivedNamesFor(cancellationToken).AddDerived(typeNames);
        var takers = new Dictionary<string, List<(DeclaredNames.Taker, SyntaxTree)>>(StringComparer.Ordinal);
        foreach (var file in context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var taker in DeclaredNames.Of(file).Takers(typeNames))
            {
                if (!takers.TryGetValue(taker.Name, out var same))
                {
                    takers.Add(taker.Name, same = new List<(DeclaredNames.Taker, SyntaxTree)>());
                }

                same.Add((taker, file));
            }
        }

        return takers;
    }
}
