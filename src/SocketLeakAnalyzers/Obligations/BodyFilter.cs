using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Tells by names alone whether a body can have to do with a resource: it creates a type, or calls a method, that bears the name of one that
/// gives a resource. Most bodies do not, and cost nothing further; a name that means something else costs a look at the operations.
/// </summary>
internal sealed class BodyFilter
{
    private readonly JoinedNames _names;
    private readonly OwnershipModel _model;
    private readonly HashSet<string> _typeNames;
    private readonly HashSet<string> _clientNames;

    // With the numbers of arguments that they take.
    private readonly Dictionary<string, int> _methods = new(StringComparer.Ordinal);

    public BodyFilter(JoinedNames names, OwnershipModel model)
    {
        _names = names;
        _model = model;

        // What a method gives as an interface that is only disposable is followed no further.
        var givenNames = new HashSet<string>(model.ResourceTypeNames, StringComparer.Ordinal) { "MustDisposeResource", "MustDisposeResourceAttribute" };
        names.AddDerived(givenNames);
        _clientNames = new HashSet<string>(model.ClientTypeNames, StringComparer.Ordinal);
        names.AddDerived(_clientNames);
        _typeNames = new HashSet<string>(givenNames, StringComparer.Ordinal) { "IDisposable", "IAsyncDisposable" };
        names.AddDerived(_typeNames);
        names.AddClasses(_typeNames, givenNames);
        foreach (var name in model.AcquiringMemberNames)
        {
            _methods[name] = UsedNames.AnyCount;
        }

        names.AddMethods(givenNames, _methods);
    }

    /// <summary>Whether the body may acquire a resource.</summary>
    public bool MayAcquire(BodySyntax body, SemanticModel semanticModel, CancellationToken cancellationToken)
    {
        if (body.Code is not CompilationUnitSyntax program)
        {
            return Mentions(body.Code, semanticModel, cancellationToken);
        }

        foreach (var member in program.Members)
        {
            if (member is GlobalStatementSyntax && Mentions(member, semanticModel, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether code bears the name of anything that gives a resource, told by the text alone.</summary>
    public bool MentionsAcquisition(SyntaxNode code) => Mentions(code, null, CancellationToken.None);

    private bool Mentions(SyntaxNode code, SemanticModel? semanticModel, CancellationToken cancellationToken)
    {
        var names = UsedNames.Of(code.SyntaxTree);
        for (var i = names.FirstActAt(code.SpanStart); i < names.ActCount && names.ActAt(i).Span.End <= code.Span.End; i++)
        {
            if (IsMention(names.ActAt(i), code, semanticModel, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsMention(NamedAct act, SyntaxNode code, SemanticModel? semanticModel, CancellationToken cancellationToken)
    {
        switch (act.Kind)
        {
            case ActKind.Call:
                return act.Name is "Complete" or "CompleteAsync" or "TryComplete"
                    || (_methods.TryGetValue(act.Name, out var counts) && (counts & act.Count) != 0 && MayGive((InvocationExpressionSyntax)NodeOf(act, code), semanticModel, cancellationToken));
            case ActKind.Creation:
                return MayBeResource(act, code, semanticModel, cancellationToken);
            case ActKind.UnnamedCreation:
                return semanticModel is null || IsResource(NodeOf(act, code), semanticModel, cancellationToken);
            case ActKind.Catch:
                return act.Name == "WebException";
            case ActKind.Cast:
                return act.Name is "HttpListenerContext" or "HttpListenerResponse";
            default:
                return false;
        }
    }

    private static SyntaxNode NodeOf(NamedAct act, SyntaxNode code) => code.FindNode(act.Span, getInnermostNodeForTie: true);

    // Many methods are called `Add` or `Create`: what such a call gives is bound, rather than all the body.
    private bool MayGive(InvocationExpressionSyntax invocation, SemanticModel? semanticModel, CancellationToken cancellationToken) =>
        !UsingWords.IsHeld(invocation)
        && (semanticModel is null || HasOutput(invocation.ArgumentList) || MayHoldResource(semanticModel.GetTypeInfo(invocation, cancellationToken).Type));

    private bool MayHoldResource(ITypeSymbol? type)
    {
        type = SymbolWords.WithoutTask(type);
        return type is INamedTypeSymbol { IsTupleType: true } || (type is not null && IsResource(type));
    }

    private static bool HasOutput(ArgumentListSyntax arguments)
    {
        foreach (var argument in arguments.Arguments)
        {
            if (argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword) || argument.RefKindKeyword.IsKind(SyntaxKind.RefKeyword))
            {
                return true;
            }
        }

        return false;
    }

    // A class of another package can derive from a resource under any name, so there the type itself is asked for. What the compilation declares under no
    // such name is no resource.
    private bool MayBeResource(NamedAct creation, SyntaxNode code, SemanticModel? semanticModel, CancellationToken cancellationToken) =>
        _typeNames.Contains(creation.Name)
            ? _clientNames.Contains(creation.Name) || !UsingWords.IsHeld(NodeOf(creation, code))
            : semanticModel is not null
                && !_names.HasType(creation.Name)
                && !creation.Name.EndsWith("Exception", StringComparison.Ordinal)
                && IsResource(NodeOf(creation, code), semanticModel, cancellationToken);

    private bool IsResource(SyntaxNode creation, SemanticModel semanticModel, CancellationToken cancellationToken)
    {
        var type = semanticModel.GetTypeInfo(creation, cancellationToken).Type;
        return type is not null && IsResource(type);
    }

    private bool IsResource(ITypeSymbol type) => _typeNames.Contains(type.Name) || _model.GetTypeFacts(type).IsResource;
}
