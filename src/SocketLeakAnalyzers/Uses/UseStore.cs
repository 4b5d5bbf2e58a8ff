using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// The uses of the types of one compilation, each read once, when it is asked for. A type is read from its own code and that of its bases alone, so
/// the answers do not depend on who asks first; what other types do with an object is followed from answer to answer (<see cref="ObjectFacts"/>).
/// </summary>
internal sealed class UseStore
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, TypeUses> _types = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, bool> _mentions = new();
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<INamedTypeSymbol>> _users = new(SymbolEqualityComparer.Default);
    private readonly Lazy<HashSet<string>> _names;
    private readonly Lazy<HashSet<string>> _networkNames;

    public UseStore(ObligationContext context)
    {
        Context = context;
        Helpers = new HelperReach(this);
        Threads = new ThreadReach(this);
        GivenResponses = new GivenResponses(this);

        _networkNames = new Lazy<HashSet<string>>(() => new HashSet<string>(context.Model.NetworkNames, StringComparer.Ordinal));

        // A thread may do its work in a helper of another type, and a wait with a limit may be for one.
        _names = new Lazy<HashSet<string>>(() => new HashSet<string>(_networkNames.Value, StringComparer.Ordinal) { "Thread", "QueueUserWorkItem", "UnsafeQueueUserWorkItem", "Wait", "WaitAll", "WaitAny", "WhenAny", "WaitAsync" });
    }

    public ObligationContext Context { get; }

    /// <summary>The calls that the code of a type leaves behind in a thread or task, also those of other types.</summary>
    public ConcurrentDictionary<TypeUses, HashSet<NetworkCall>> LeftBehind { get; } = new();

    /// <summary>Whether the text of a file bears any name of the network.</summary>
    private bool MayUse(SyntaxTree file) => _mentions.TryGetValue(file, out var mentions) ? mentions : _mentions.GetOrAdd(file, MentionsAny(UsedNames.Of(file)));

    /// <summary>Whether the code of a type bears any name of the network, or of threads and limited waits, and means it: else it uses none, and costs nothing further.</summary>
    public bool MayUse(INamedTypeSymbol type, CancellationToken cancellationToken) => Mentions(type, _names.Value, cancellationToken);

    /// <summary>The same for the network alone: what only starts and awaits the work of others does none itself.</summary>
    public bool MayUseNetwork(INamedTypeSymbol type, CancellationToken cancellationToken) => Mentions(type, _networkNames.Value, cancellationToken);

    /// <summary>The same for one method of a type.</summary>
    public bool MayUseNetwork(IMethodSymbol method, CancellationToken cancellationToken) => Mentions(method, _networkNames.Value, cancellationToken);

    private bool Mentions(ISymbol symbol, HashSet<string> names, CancellationToken cancellationToken)
    {
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            if (MayUse(reference.SyntaxTree) && Mentions(reference.GetSyntax(cancellationToken), names, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The methods of types that use the network, as other types come to call them.</summary>
    public HelperReach Helpers { get; }

    /// <summary>The functions that may run on threads and tasks of the compilation.</summary>
    public ThreadReach Threads { get; }

    /// <summary>The parameters that are given a response whose body is still on the wire, or the stream of one.</summary>
    public GivenResponses GivenResponses { get; }

    /// <summary>What a type of the compilation, with the types nested in it, does over the network.</summary>
    public TypeUses Get(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        type = SymbolWords.OutermostOf(type);
        return _types.TryGetValue(type, out var uses) ? uses : _types.GetOrAdd(type, UseReader.Read(type, Context, cancellationToken));
    }

    /// <summary>The types whose code refers to a method, by what it overrides and implements too; outermost ones only, in the order of the files.</summary>
    public ImmutableArray<INamedTypeSymbol> TypesUsing(IMethodSymbol method, CancellationToken cancellationToken) => _users.TryGetValue(method, out var types)
        ? types
        : _users.GetOrAdd(method, MemberUsers.Find(MemberSymbols.Of(method), this, int.MaxValue, cancellationToken).ToImmutableArray());

    /// <summary>Whether a method can be given an object of the network, or a stream or the like that may lead to one; a database keeps its connection to itself.</summary>
    public bool TakesResource(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.Out && Context.Model.GetTypeFacts(parameter.Type) is { } facts && (facts.IsNetwork || facts is { IsResource: true, Kind: not ResourceKind.Database }))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Many things are called <c>Server</c> or <c>GetAsync</c>: where the text bears such a name, that name is bound, rather than all the type.</summary>
    private bool Mentions(SyntaxNode code, HashSet<string> names, CancellationToken cancellationToken)
    {
        foreach (var token in UsedNames.Tokens(code))
        {
            var name = (SimpleNameSyntax)token.Parent!;
            if (!names.Contains(token.ValueText) || !MayBeWork(name, code))
            {
                continue;
            }

            var info = Context.Summaries.ModelOf(code.SyntaxTree, Context.Compilation).GetSymbolInfo(name, cancellationToken);
            if (info.Symbol is { } symbol ? IsOfNetwork(symbol) : IsAnyOfNetwork(info.CandidateSymbols))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a name of threads and tasks can be a start or a wait that gives up: <c>Thread.Sleep</c> is neither, nor is <c>WhenAny</c> where nothing is
    /// delayed. Names of the network can be anything.
    /// </summary>
    private static bool MayBeWork(SimpleNameSyntax name, SyntaxNode code) => name.Identifier.ValueText switch
    {
        "Thread" => name.Parent is not MemberAccessExpressionSyntax member || (member.Expression != name && member.Parent is not MemberAccessExpressionSyntax),
        "Wait" or "WaitAsync" => UsedNames.MayBeCall(name, ~1),
        "WaitAll" => UsedNames.MayBeCall(name, ~3),
        "WhenAny" => UsedNames.IsUsedIn(code, "Delay"),
        _ => true,
    };

    private bool IsAnyOfNetwork(ImmutableArray<ISymbol> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (IsOfNetwork(candidate))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOfNetwork(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => IsWork(type) || IsNetwork(type),
        IMethodSymbol method => IsUse(method) || IsNetwork(method.ReturnType),
        IPropertySymbol property => IsUse(property) || IsNetwork(property.Type),
        IFieldSymbol field => IsNetwork(field.Type),
        ILocalSymbol local => IsNetwork(local.Type),
        IParameterSymbol parameter => IsNetwork(parameter.Type),
        _ => false,
    };

    /// <summary>Whether a member is one of the network; what is said of general streams is of the network only where something else is as well.</summary>
    private bool IsUse(ISymbol member) =>
        member.ContainingType is { } type
        && (IsWork(type) || IsNetwork(type) || (!ReferenceEquals(Context.Model.GetUseFacts(member), UseFacts.None) && !Context.Model.GetTypeFacts(type).IsResource));

    private static bool IsWork(INamedTypeSymbol type) => SymbolWords.IsTaskLike(type) || type is { Name: "Thread" or "ThreadPool", ContainingNamespace.Name: "Threading" };

    private bool IsNetwork(ITypeSymbol type) =>
        Context.Model.GetTypeFacts(SymbolWords.WithoutTask(type)).IsNetwork;

    private bool MentionsAny(UsedNames used)
    {
        foreach (var name in used.All)
        {
            if (_names.Value.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
