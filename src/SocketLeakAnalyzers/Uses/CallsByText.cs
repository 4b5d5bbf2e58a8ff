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
    private readonly JoinedNames _names;
    private readonly List<SyntaxTree> _files;
    private readonly HashSet<string> _typeNames;
    private readonly Dictionary<string, List<(Taker Taker, SyntaxTree File)>> _takers = new(StringComparer.Ordinal);
    private readonly Dictionary<UsedNames, SyntaxTree> _opening = new();
    private readonly Dictionary<UsedNames, SyntaxNode> _code = new();
    private readonly Dictionary<UsedNames, HashSet<(UsedNames Caller, Taker? Called)>> _ofCode = new();
    private readonly Dictionary<SyntaxTree, HashSet<(UsedNames Caller, Taker? Called)>> _ofFiles = new();

    private CallsByText(ObligationContext context, CancellationToken cancellationToken)
    {
        _names = context.NamesFor(cancellationToken);
        _files = context.Compilation.SyntaxTrees.ToList();
        _typeNames = new HashSet<string>(context.Model.BodyTypeNames, StringComparer.Ordinal);
        _names.AddDerived(_typeNames);
    }

    public static CallsByText Find(ObligationContext context, string[] opening, CancellationToken cancellationToken)
    {
        var calls = new CallsByText(context, cancellationToken);
        foreach (var file in calls._files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (UsedNames.Of(file).ContainsAny(opening))
            {
                // What a file opens, it may give to itself.
                calls._opening.Add(UsedNames.Of(file), file);
                calls._code.Add(UsedNames.Of(file), file.GetRoot(cancellationToken));
                calls._ofFiles.Add(file, new HashSet<(UsedNames, Taker?)> { (UsedNames.Of(file), null) });
                calls._ofCode.Add(UsedNames.Of(file), new HashSet<(UsedNames, Taker?)>());
            }
        }

        calls.Follow(cancellationToken);
        return calls;
    }

    /// <summary>Whether a file opens a response, or may be called by what leads there.</summary>
    public bool Reaches(SyntaxTree file) => _ofFiles.ContainsKey(file);

    /// <summary>The code that may call something of a file, and what; its own, where it opens a response, calls nothing for that.</summary>
    public IEnumerable<(UsedNames Caller, Taker? Called)> Of(SyntaxTree file) => _ofFiles.TryGetValue(file, out var callers) ? callers : Enumerable.Empty<(UsedNames, Taker?)>();

    /// <summary>The code that may call what has this code, and by what.</summary>
    public IEnumerable<(UsedNames Caller, Taker? Called)> Of(UsedNames code) => _ofCode[code];

    /// <summary>The file, where it opens a response and this is its code.</summary>
    public SyntaxTree? OpeningFile(UsedNames code) => _opening.TryGetValue(code, out var file) ? file : null;

    /// <summary>The code that uses these names: a file, or a method.</summary>
    public SyntaxNode CodeOf(UsedNames code) => _code[code];

    private void Follow(CancellationToken cancellationToken)
    {
        var pending = new Queue<UsedNames>(_opening.Keys);
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var code = pending.Dequeue();
            foreach (var name in code.All)
            {
                foreach (var (taker, file) in TakersNamed(name))
                {
                    if (!taker.MayBeCalledWith(code))
                    {
                        continue;
                    }

                    if (!_ofFiles.TryGetValue(file, out var callers))
                    {
                        _ofFiles.Add(file, callers = new HashSet<(UsedNames, Taker?)>());
                    }

                    callers.Add((code, taker));
                    if (!_ofCode.TryGetValue(taker.NamesBehind, out callers))
                    {
                        _ofCode.Add(taker.NamesBehind, callers = new HashSet<(UsedNames, Taker?)>());
                        _code.Add(taker.NamesBehind, taker.CodeBehind);
                        pending.Enqueue(taker.NamesBehind);
                    }

                    callers.Add((code, taker));
                }
            }
        }
    }

    /// <summary>The methods and constructors of the name that can be given a response, or a stream, with their files.</summary>
    private List<(Taker Taker, SyntaxTree File)> TakersNamed(string name)
    {
        if (!_takers.TryGetValue(name, out var takers))
        {
            takers = new List<(Taker, SyntaxTree)>();
            foreach (var index in _names.FilesWithTaker(name))
            {
                foreach (var taker in Taker.Of(_files[index]))
                {
                    if (taker.Name == name && taker.Takes(_typeNames))
                    {
                        takers.Add((taker, _files[index]));
                    }
                }
            }

            _takers.Add(name, takers);
        }

        return takers;
    }
}
