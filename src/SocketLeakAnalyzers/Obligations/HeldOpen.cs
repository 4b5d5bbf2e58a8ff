using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Finds the ends of pipes and the channels that a body completes and that have no variable of their own there: <c>pipe.Writer</c> of a pipe that the
/// code made, a pipe or channel in a field. Only what this body alone completes is followed, where all of its uses are seen: an end that is given
/// away elsewhere, or completed elsewhere, is left out.
/// </summary>
internal static class HeldOpen
{
    private const int MaxBodies = 500;

    /// <summary>Follows what the operations of the body itself complete.</summary>
    public static void Find(Body body, ObligationEngine engine, List<HandedOutResult> results, CancellationToken cancellationToken)
    {
        HashSet<(ISymbol, IPropertySymbol?)>? seen = null;
        foreach (var operation in body.AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (operation is IInvocationOperation { TargetMethod.Name: "Complete" or "CompleteAsync" or "TryComplete", Instance: { } receiver }
                && HolderOf(body, receiver, engine.Context.Model) is { } holder
                && (seen ??= new HashSet<(ISymbol, IPropertySymbol?)>(PairComparer.Instance)).Add((holder.Variable, holder.End))
                && engine.Follow(body, holder.End is { } end ? Subject.OfEnd(holder.Variable, end) : Subject.Of(holder.Variable), cancellationToken) is { IsReleased: true, Leaks.Count: > 0 } outcome
                && FirstUse(body, holder) is { } place
                && !IsLostAlone(body, holder, outcome)
                && IsItsOwn(body, holder, engine.Context, cancellationToken))
            {
                results.Add(new HandedOutResult(body, null, place.Syntax, place.Type!, ResourceKind.Writer, outcome) { IsNamedByPlace = true });
            }
        }
    }

    /// <summary>A local or field with a pipe, and the end of it; or a field with a channel, a reader or a writer.</summary>
    private sealed class Holder
    {
        public Holder(ISymbol variable, IPropertySymbol? end)
        {
            Variable = variable;
            End = end;
        }

        public ISymbol Variable { get; }

        public IPropertySymbol? End { get; }
    }

    private static Holder? HolderOf(Body body, IOperation receiver, OwnershipModel model)
    {
        receiver = Resolved(body, receiver);
        if (receiver is IPropertyReferenceOperation { Property: { Name: "Writer" or "Reader" } end, Instance: { } instance })
        {
            instance = Resolved(body, instance);
            if (IsPipe(instance.Type))
            {
                ISymbol? variable = instance is ILocalReferenceOperation local ? local.Local : FieldOf(instance);
                return variable is null ? null : new Holder(variable, end.OriginalDefinition);
            }

            receiver = instance;
        }

        return FieldOf(receiver) is { } field && model.GetTypeFacts(field.Type).Kind == ResourceKind.Writer ? new Holder(field, null) : null;
    }

    private static IOperation Resolved(Body body, IOperation operation)
    {
        operation = operation.WithoutConversions();
        return operation is IFlowCaptureReferenceOperation capture ? body.CapturedBy(capture.Id)?.WithoutConversions() ?? operation : operation;
    }

    /// <summary>A private field of the object whose code this is.</summary>
    private static IFieldSymbol? FieldOf(IOperation operation) =>
        operation is IFieldReferenceOperation { Field: { DeclaredAccessibility: Accessibility.Private } field } reference && OperationWords.IsOfThisOrStatic(reference.Instance) ? field : null;

    private static bool IsPipe(ITypeSymbol? type) => type is { Name: "Pipe", ContainingNamespace: { Name: "Pipelines", ContainingNamespace: { Name: "IO", ContainingNamespace.Name: "System" } } };

    private static IOperation? FirstUse(Body body, Holder holder)
    {
        IOperation? first = null;
        foreach (var operation in body.AllOperations())
        {
            if (IsUse(operation, holder) && (first is null || operation.Syntax.SpanStart < first.Syntax.SpanStart))
            {
                first = operation;
            }
        }

        return first;
    }

    /// <summary>Whether the other end of a pipe that this body makes goes to somebody only behind where this one is lost: then nobody waits for it.</summary>
    private static bool IsLostAlone(Body body, Holder holder, SiteOutcome outcome)
    {
        if (holder is not { End: { } end, Variable: ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references } pipe } || !SymbolEqualityComparer.Default.Equals(pipe.ContainingSymbol, body.Owner))
        {
            return false;
        }

        var others = new List<SyntaxNode>();
        AddOthers(body);
        if (others.Count == 0)
        {
            return false;
        }

        foreach (var leak in outcome.Leaks)
        {
            if (leak is not { Kind: LeakKind.Exception, Operation.Syntax: { } lost } || others.Exists(other => other.SpanStart < lost.Span.End || IsRepeatedWith(lost, other)))
            {
                return false;
            }
        }

        return true;

        void AddOthers(Body current)
        {
            foreach (var operation in current.AllOperations())
            {
                if (operation is IPropertyReferenceOperation { Property: var property, Instance: { } instance } && Refers(instance, pipe) && !SymbolEqualityComparer.Default.Equals(property.OriginalDefinition, end))
                {
                    others.Add(operation.Syntax);
                }
            }

            foreach (var nested in current.Nested)
            {
                AddOthers(nested);
            }
        }

        // The round before has given it away.
        bool IsRepeatedWith(SyntaxNode lost, SyntaxNode other)
        {
            for (var current = lost.Parent; current is not null && !current.Span.Contains(references[0].Span); current = current.Parent)
            {
                if (current is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax && current.Span.Contains(other.Span))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether the operation reads the end of the pipe, or the writer of the channel, or the field that is one itself.</summary>
    private static bool IsUse(IOperation operation, Holder holder) => operation switch
    {
        IPropertyReferenceOperation { Property.Name: "Writer" or "Reader", Instance: { } instance } property when Refers(instance, holder.Variable) =>
            holder.End is { } end ? SymbolEqualityComparer.Default.Equals(property.Property.OriginalDefinition, end) : property.Property.Name == "Writer",
        IFieldReferenceOperation => holder.End is null && Refers(operation, holder.Variable) && !IsObjectOfEnd(operation),
        _ => false,
    };

    private static bool Refers(IOperation operation, ISymbol variable)
    {
        operation = operation.WithoutConversions();
        return operation switch
        {
            ILocalReferenceOperation local => SymbolEqualityComparer.Default.Equals(local.Local, variable),
            IFieldReferenceOperation field => OperationWords.IsOfThisOrStatic(field.Instance) && SymbolEqualityComparer.Default.Equals(field.Field, variable),
            _ => false,
        };
    }

    private static bool IsObjectOfEnd(IOperation operation) => operation.Parent is IPropertyReferenceOperation { Property.Name: "Writer" or "Reader" };

    /// <summary>Whether nobody but this body can complete it.</summary>
    private static bool IsItsOwn(Body body, Holder holder, ObligationContext context, CancellationToken cancellationToken)
    {
        if (!IsFed(body, holder))
        {
            return false;
        }

        if (holder.Variable is IFieldSymbol { ContainingType: { } type })
        {
            // Its code is read as it was written: the graph's operations are others.
            if (TypeBodies.Read(type, context, MaxBodies, cancellationToken) is not { } bodies)
            {
                return false;
            }

            var isMade = false;
            foreach (var other in bodies)
            {
                isMade |= SymbolEqualityComparer.Default.Equals(other.Owner, holder.Variable) && Makes(other.Root);
                if (!IsHarmless(other.Root, body.Owner, other.Owner, holder, context.Model, ref isMade, cancellationToken))
                {
                    return false;
                }
            }

            return isMade;
        }

        var outermost = body;
        while (outermost.Outer is { } outer)
        {
            outermost = outer;
        }

        var isMadeHere = false;
        return IsHarmlessLocal(outermost, body, holder, context.Model, ref isMadeHere) && isMadeHere;
    }

    /// <summary>Whether the body is the one that writes or reads all there is: for a field, in a loop.</summary>
    private static bool IsFed(Body body, Holder holder)
    {
        foreach (var operation in body.AllOperations())
        {
            if (IsUse(operation, holder) && (holder.Variable is ILocalSymbol || (!IsClosed(operation) && IsInLoop(operation.Syntax))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInLoop(SyntaxNode node)
    {
        for (var current = node.Parent; current is not null and not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); current = current.Parent)
        {
            if (current is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsClosed(IOperation use) => use.Parent is IInvocationOperation { TargetMethod.Name: "Complete" or "CompleteAsync" or "TryComplete" } call && ReferenceEquals(call.Instance, use);

    private static bool Makes(IOperation value)
    {
        foreach (var operation in value.DescendantsAndSelf())
        {
            if (operation is IObjectCreationOperation created && IsPipe(created.Type)
                || operation is IInvocationOperation { TargetMethod: { Name: "CreateUnbounded" or "CreateBounded" or "CreateUnboundedPrioritized", ContainingType.Name: "Channel" } })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the uses of a field outside of the body are plain calls on it, and what it is given was made here.</summary>
    private static bool IsHarmless(IOperation root, ISymbol bodyOwner, ISymbol owner, Holder holder, OwnershipModel model, ref bool isMade, CancellationToken cancellationToken)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (operation is not IFieldReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Field.OriginalDefinition, holder.Variable.OriginalDefinition))
            {
                continue;
            }

            if (!OperationWords.IsOfThisOrStatic(reference.Instance))
            {
                return false;
            }

            if (reference.Parent is ISimpleAssignmentOperation assignment && ReferenceEquals(assignment.Target, reference))
            {
                isMade |= Makes(assignment.Value);
                if (!Makes(assignment.Value))
                {
                    return false;
                }

                continue;
            }

            // The graph of the body follows these.
            if (IsSame(OperationWords.EnclosingFunction(reference) ?? owner, bodyOwner))
            {
                if (IsStoredAway(reference))
                {
                    return false;
                }

                continue;
            }

            if (!IsPlain(reference, holder, model))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A function that was bound twice is the same where it stands at the same place.</summary>
    private static bool IsSame(ISymbol left, ISymbol right) =>
        SymbolEqualityComparer.Default.Equals(left, right)
        || (left is IMethodSymbol { MethodKind: MethodKind.LambdaMethod or MethodKind.LocalFunction } && left.Locations.Length == 1 && right.Locations.Length == 1 && left.Locations[0] == right.Locations[0]);

    private static bool IsHarmlessLocal(Body current, Body body, Holder holder, OwnershipModel model, ref bool isMade)
    {
        foreach (var operation in current.AllOperations())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, holder.Variable))
            {
                continue;
            }

            if (reference.Parent is ISimpleAssignmentOperation assignment && ReferenceEquals(assignment.Target, reference))
            {
                if (isMade || !Makes(assignment.Value))
                {
                    return false;
                }

                isMade = true;
            }
            else if (!IsObjectOfEnd(reference) || (ReferenceEquals(current, body) ? IsStoredAway(reference) : !IsPlain(reference, holder, model)))
            {
                return false;
            }
        }

        foreach (var nested in current.Nested)
        {
            if (!IsHarmlessLocal(nested, body, holder, model, ref isMade))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The end goes into a variable, which is followed for itself, or into another object.</summary>
    private static bool IsStoredAway(IOperation reference)
    {
        var value = reference;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IPropertyReferenceOperation { Property.Name: "Writer" or "Reader" })
        {
            value = value.Parent;
        }

        return value.Parent is ISimpleAssignmentOperation or IVariableInitializerOperation;
    }

    /// <summary>The other end, or a call on this one that does not complete it.</summary>
    private static bool IsPlain(IOperation reference, Holder holder, OwnershipModel model)
    {
        var value = reference.Parent is IPropertyReferenceOperation { Property.Name: "Writer" or "Reader" } end ? end : reference;
        if (value is IPropertyReferenceOperation property
            && (holder.End is { } own ? !SymbolEqualityComparer.Default.Equals(property.Property.OriginalDefinition, own) : property.Property.Name == "Reader"))
        {
            return true;
        }

        return value.Parent is IInvocationOperation call && ReferenceEquals(call.Instance, value) && !HandedOut.IsClosing(call.TargetMethod, model) && call.TargetMethod.Name != "AsStream";
    }

    private sealed class PairComparer : IEqualityComparer<(ISymbol, IPropertySymbol?)>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals((ISymbol, IPropertySymbol?) x, (ISymbol, IPropertySymbol?) y) =>
            SymbolEqualityComparer.Default.Equals(x.Item1, y.Item1) && SymbolEqualityComparer.Default.Equals(x.Item2, y.Item2);

        public int GetHashCode((ISymbol, IPropertySymbol?) pair) => SymbolEqualityComparer.Default.GetHashCode(pair.Item1);
    }
}
