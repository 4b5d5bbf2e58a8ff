using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Which types of the compilation derive from which others, told by the names in their base lists: a name that means something else is one too many.</summary>
internal sealed class DerivedNames
{
    private readonly Dictionary<string, List<string>> _byBase = new(StringComparer.Ordinal);

    private DerivedNames(List<DeclaredNames> files) => Files = files;

    /// <summary>What each file declares.</summary>
    public List<DeclaredNames> Files { get; }

    public static DerivedNames Create(Compilation compilation, CancellationToken cancellationToken)
    {
        var names = new DerivedNames(new List<DeclaredNames>());
        foreach (var tree in compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = DeclaredNames.Of(tree);
            names.Files.Add(file);
            file.AddDerived(names._byBase);
        }

        return names;
    }

    /// <summary>Whether a type of the compilation names this one among its bases.</summary>
    public bool IsNamedAsBase(string name) => _byBase.ContainsKey(name);

    /// <summary>Adds the types that derive from those named, from these, and so on.</summary>
    public void AddDerived(HashSet<string> typeNames)
    {
        var pending = new Queue<string>(typeNames);
        while (pending.Count > 0)
        {
            if (_byBase.TryGetValue(pending.Dequeue(), out var derived))
            {
                foreach (var name in derived)
                {
                    if (typeNames.Add(name))
                    {
                        pending.Enqueue(name);
                    }
                }
            }
        }
    }
}
