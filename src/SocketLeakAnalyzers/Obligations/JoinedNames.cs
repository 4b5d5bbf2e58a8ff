using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// What all files of a compilation declare, joined by name; a name that means something else is one too many. While somebody types, a compilation nearly
/// always declares what the one before it did: the names are kept with its first file and its last, and joined again where some file declares something else.
/// </summary>
internal sealed class JoinedNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, Kept> s_kept = new();

    private readonly List<DeclaredNames> _files;
    private readonly Dictionary<string, List<string>> _byBase = new(StringComparer.Ordinal);
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DeclaredNames.Declared>> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _takers = new(StringComparer.Ordinal);

    private JoinedNames(List<DeclaredNames> files, CancellationToken cancellationToken)
    {
        _files = files;
        for (var i = 0; i < files.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(files[i], i);
        }
    }

    public static JoinedNames Of(Compilation compilation, CancellationToken cancellationToken)
    {
        var files = new List<DeclaredNames>();
        SyntaxTree? first = null;
        SyntaxTree? last = null;
        foreach (var tree in compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.Add(DeclaredNames.Of(tree));
            first ??= tree;
            last = tree;
        }

        // One of the two may be the file that is being edited.
        var atFirst = first is null ? new Kept() : s_kept.GetOrCreateValue(first);
        var atLast = last is null ? atFirst : s_kept.GetOrCreateValue(last);
        var names = atFirst.For(files) ?? atLast.For(files) ?? new JoinedNames(files, cancellationToken);
        atFirst.Names = names;
        atLast.Names = names;
        return names;
    }

    /// <summary>Whether a type of the compilation names this one among its bases.</summary>
    public bool IsNamedAsBase(string name) => _byBase.ContainsKey(name);

    /// <summary>Whether the compilation declares a type of the name.</summary>
    public bool HasType(string name) => _types.Contains(name);

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

    /// <summary>Adds the classes, and no interfaces, that <paramref name="typeNames"/> names.</summary>
    public void AddClasses(HashSet<string> typeNames, HashSet<string> classNames)
    {
        foreach (var name in typeNames)
        {
            if (_classes.Contains(name))
            {
                classNames.Add(name);
            }
        }
    }

    /// <summary>Adds the methods that return a type named in <paramref name="typeNames"/>, with the numbers of arguments that they take.</summary>
    public void AddMethods(HashSet<string> typeNames, Dictionary<string, int> methods)
    {
        foreach (var typeName in typeNames)
        {
            if (_methods.TryGetValue(typeName, out var giving))
            {
                foreach (var method in giving)
                {
                    methods.TryGetValue(method.Name, out var others);
                    methods[method.Name] = others | method.Counts;
                }
            }
        }
    }

    /// <summary>The files, by their order in the compilation, that declare a method or constructor of the name that has parameters: see <see cref="Taker"/>.</summary>
    public IReadOnlyList<int> FilesWithTaker(string name) => _takers.TryGetValue(name, out var files) ? files : Array.Empty<int>();

    private void Add(DeclaredNames file, int index)
    {
        foreach (var type in file.Types)
        {
            _types.Add(type.Name);
            if (!type.IsInterface)
            {
                _classes.Add(type.Name);
            }

            AddBases(type);
        }

        // An alias derives from what it stands for.
        foreach (var alias in file.Aliases)
        {
            AddBases(alias);
        }

        foreach (var method in file.Methods)
        {
            foreach (var mention in method.Mentions)
            {
                AddTo(_methods, mention, method);
            }
        }

        foreach (var taker in file.Takers)
        {
            if (!_takers.TryGetValue(taker, out var files))
            {
                _takers.Add(taker, files = new List<int>());
            }

            if (files.Count == 0 || files[files.Count - 1] != index)
            {
                files.Add(index);
            }
        }
    }

    private void AddBases(DeclaredNames.Declared declared)
    {
        foreach (var mention in declared.Mentions)
        {
            AddTo(_byBase, mention, declared.Name);
        }
    }

    private static void AddTo<T>(Dictionary<string, List<T>> lists, string key, T value)
        where T : class
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = new List<T>());
        }

        list.Add(value);
    }

    /// <summary>The names that were joined last for a compilation with a certain file.</summary>
    private sealed class Kept
    {
        private volatile JoinedNames? _names;

        public JoinedNames? Names
        {
            set => _names = value;
        }

        /// <summary>The names that are kept, where these files declare the same.</summary>
        public JoinedNames? For(List<DeclaredNames> files)
        {
            if (_names is not { } names || names._files.Count != files.Count)
            {
                return null;
            }

            for (var i = 0; i < files.Count; i++)
            {
                if (!files[i].Equals(names._files[i]))
                {
                    return null;
                }
            }

            return names;
        }
    }
}
