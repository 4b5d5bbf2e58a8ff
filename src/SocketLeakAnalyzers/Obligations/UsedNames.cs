using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// The names that the code of a file uses, with how many arguments it calls them, and what it creates and calls by them. Kept with its tree: a file that does not
/// name a member does not use it.
/// </summary>
internal sealed class UsedNames
{
    /// <summary>Whatever the number of arguments.</summary>
    public const int AnyCount = ~Otherwise;

    private const int MaxCount = 30;
    private const int Otherwise = 1 << (MaxCount + 1);

    private static readonly ConditionalWeakTable<SyntaxTree, UsedNames> s_ofFiles = new();

    // One bit for each number of arguments, the last of them for more; and one for a name that is not called.
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);

    // No list: one of values is a type of its own, which the runtime compiles in every build.
    private NamedAct[] _acts = new NamedAct[16];

    // What is made without its name: `new(…)`, `base(…)`, `this(…)`, and the base of a primary constructor.
    private int _unnamed;

    /// <summary>Reads the names of a part of a file, which are not kept.</summary>
    public UsedNames(SyntaxNode root)
    {
        // What runs once a node stands apart from the loop, which the runtime compiles again when it has gone round often.
        foreach (var node in root.DescendantNodes())
        {
            Add(node);
        }
    }

    /// <summary>The names, in an order that means nothing.</summary>
    public Dictionary<string, int>.KeyCollection All => _uses.Keys;

    public static UsedNames Of(SyntaxTree tree) => s_ofFiles.GetValue(tree, static file => new UsedNames(file.GetRoot()));

    /// <summary>How many acts the code does by names; they are in the order of the text.</summary>
    public int ActCount { get; private set; }

    public NamedAct ActAt(int index) => _acts[index];

    /// <summary>The index of the first act that begins at a position or behind it.</summary>
    public int FirstActAt(int position)
    {
        var (low, high) = (0, ActCount);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_acts[middle].Span.Start < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The names that code uses, in the order of the text: those that it declares are none.</summary>
    public static IEnumerable<SyntaxToken> Tokens(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodesAndSelf())
        {
            if (node is SimpleNameSyntax name)
            {
                yield return name.Identifier;
            }
        }
    }

    /// <summary>Whether code uses a name.</summary>
    public static bool IsUsedIn(SyntaxNode code, string name)
    {
        foreach (var token in Tokens(code))
        {
            if (token.ValueText == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The numbers of arguments that a method takes, as <see cref="MayCall"/> asks for them.</summary>
    public static int CountsOf(IMethodSymbol method)
    {
        var least = 0;
        var most = method.Parameters.Length;
        foreach (var parameter in method.Parameters)
        {
            most = parameter.IsParams ? MaxCount : most;
            least += parameter.IsParams || parameter.IsOptional || (method.IsExtensionMethod && parameter.Ordinal == 0) ? 0 : 1;
        }

        return Counts(least, most);
    }

    /// <summary>The numbers of arguments that a parameter list takes, as <see cref="MayCall"/> and <see cref="MayMake"/> ask for them.</summary>
    public static int CountsOf(ParameterListSyntax parameters)
    {
        var least = 0;
        var most = parameters.Parameters.Count;
        foreach (var parameter in parameters.Parameters)
        {
            var isOpen = parameter.Modifiers.Any(SyntaxKind.ParamsKeyword);
            most = isOpen ? MaxCount : most;

            // An extension method may be called on its first one.
            least += isOpen || parameter.Default is not null || parameter.Modifiers.Any(SyntaxKind.ThisKeyword) ? 0 : 1;
        }

        return Counts(least, most);
    }

    public bool Contains(string name) => _uses.ContainsKey(name);

    public bool ContainsAny(string[] names)
    {
        foreach (var name in names)
        {
            if (_uses.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the code may call a method with one of these numbers of arguments, or hand it on uncalled.</summary>
    public bool MayCall(string method, int counts) => _uses.TryGetValue(method, out var uses) && (uses & (counts | Otherwise)) != 0;

    /// <summary>The same for one place where the name stands.</summary>
    public static bool MayBeCall(SimpleNameSyntax method, int counts) => (HowUsed(method) & (counts | Otherwise)) != 0;

    /// <summary>Whether the code may call a constructor of the type with one of these numbers of arguments.</summary>
    public bool MayMake(string type, int counts) => _uses.TryGetValue(type, out var uses) && ((uses | _unnamed) & counts) != 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Add(SyntaxNode node)
    {
        if (NamedAct.TryRead(node, out var act))
        {
            Add(act);
        }

        switch (node)
        {
            case SimpleNameSyntax name:
                _uses.TryGetValue(name.Identifier.ValueText, out var uses);
                _uses[name.Identifier.ValueText] = uses | HowUsed(name);
                break;
            case ImplicitObjectCreationExpressionSyntax made:
                _unnamed |= CountOf(made.ArgumentList);
                break;
            case ConstructorInitializerSyntax chained:
                _unnamed |= CountOf(chained.ArgumentList);
                break;
            case PrimaryConstructorBaseTypeSyntax derived:
                _unnamed |= CountOf(derived.ArgumentList);
                break;
        }
    }

    private void Add(NamedAct act)
    {
        if (ActCount == _acts.Length)
        {
            var more = new NamedAct[ActCount * 2];
            Array.Copy(_acts, more, ActCount);
            _acts = more;
        }

        _acts[ActCount++] = act;
    }

    private static int Counts(int least, int most)
    {
        var counts = 0;
        for (var count = Math.Min(least, MaxCount); count <= Math.Min(most, MaxCount); count++)
        {
            counts |= 1 << count;
        }

        return counts;
    }

    private static int HowUsed(SimpleNameSyntax name)
    {
        SyntaxNode whole = name.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Name == name => access,
            MemberBindingExpressionSyntax binding => binding,
            QualifiedNameSyntax qualified when qualified.Right == name => qualified,
            AliasQualifiedNameSyntax alias when alias.Name == name => alias,
            _ => name,
        };
        return whole.Parent switch
        {
            InvocationExpressionSyntax call when call.Expression == whole => CountOf(call.ArgumentList),
            ObjectCreationExpressionSyntax made when made.Type == whole => CountOf(made.ArgumentList),
            _ => Otherwise,
        };
    }

    /// <summary>The number of arguments, as one bit of <see cref="CountsOf(ParameterListSyntax)"/>.</summary>
    public static int CountOf(ArgumentListSyntax? arguments) => 1 << Math.Min(arguments?.Arguments.Count ?? 0, MaxCount);
}
