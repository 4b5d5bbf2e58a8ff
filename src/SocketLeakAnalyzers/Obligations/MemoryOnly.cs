using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Tells which reads and writes stay in memory, whatever the static type says: no disk and no peer can make them fail. What is read may still be no valid
/// archive or ciphertext.
/// </summary>
internal static class MemoryOnly
{
    private const int MaxDepth = 8;

    /// <summary>Whether the call reads from or writes to memory alone.</summary>
    /// <param name="invocation">A call on a stream, reader or writer.</param>
    /// <param name="body">The body that it stands in.</param>
    /// <param name="model">The ownership model.</param>
    public static bool Stays(IInvocationOperation invocation, Body body, OwnershipModel model) =>
        IsPlain(invocation.TargetMethod)
        && invocation.Instance is { } receiver
        && IsOver(receiver, body, model, depth: 0)
        && !GivesToStream(invocation.Arguments, model, body);

    /// <summary>Whether a call on something in memory is given a stream that may not be: <c>memory.CopyTo(file)</c>.</summary>
    /// <param name="arguments">The arguments of the call.</param>
    /// <param name="model">The ownership model.</param>
    /// <param name="body">The body that it stands in, where its variables are to be looked at; null: types alone count.</param>
    public static bool GivesToStream(ImmutableArray<IArgumentOperation> arguments, OwnershipModel model, Body? body = null)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.Type is { Name: "Stream", ContainingNamespace: { Name: "IO", ContainingNamespace.Name: "System" } }
                && !IsOver(argument.Value, body, model, depth: 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a stream, reader or writer does with bytes and characters; compressing cannot fail, decompressing can.</summary>
    private static bool IsPlain(IMethodSymbol method) => method.ContainingNamespace switch
    {
        { Name: "IO", ContainingNamespace.Name: "System" } => true,
        { Name: "Compression", ContainingNamespace: { Name: "IO", ContainingNamespace.Name: "System" } } => method.Name.StartsWith("Write", System.StringComparison.Ordinal) || method.Name.StartsWith("Flush", System.StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Whether a value is of memory only, or a reader, writer or stream over one that is; without a body its type alone tells.</summary>
    private static bool IsOver(IOperation value, Body? body, OwnershipModel model, int depth)
    {
        value = value.WithoutConversions();
        if (value.Type is { } type && model.GetTypeFacts(type).IsMemoryOnly)
        {
            return true;
        }

        if (body is null || depth == MaxDepth)
        {
            return false;
        }

        switch (value)
        {
            case IObjectCreationOperation { Constructor: { } constructor } creation:
                return IsWrapperOver(constructor, creation.Arguments, body, model, depth);
            case ILocalReferenceOperation { Local: { RefKind: RefKind.None } local }:
                var values = body.ValuesOf(local);
                foreach (var given in values)
                {
                    if (!given.ConstantValue.HasValue && !IsOver(given, body, model, depth + 1))
                    {
                        return false;
                    }
                }

                return values.Count > 0;
            case IFlowCaptureReferenceOperation capture when body.CapturedBy(capture.Id) is { } captured:
                return IsOver(captured, body, model, depth + 1);
            default:
                return false;
        }
    }

    private static bool IsWrapperOver(IMethodSymbol constructor, ImmutableArray<IArgumentOperation> arguments, Body body, OwnershipModel model, int depth)
    {
        var facts = model.GetMemberFacts(constructor).Parameters;
        for (var i = 0; i < facts.Length; i++)
        {
            if (facts[i].Effect is ParameterEffect.Takes or ParameterEffect.TakesOnTrue)
            {
                return OperationWords.ArgumentAt(arguments, i) is { } wrapped && IsOver(wrapped.Value, body, model, depth + 1);
            }
        }

        return false;
    }
}
