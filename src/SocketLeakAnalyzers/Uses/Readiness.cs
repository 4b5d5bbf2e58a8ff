using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Whether code asks if something has arrived before it reads: <c>Socket.Poll</c> with a limit, <c>Available</c>, <c>DataAvailable</c>. A read behind
/// such a question takes what is there, and does not wait. Which object is asked, and whether the answer leads to the read, is not looked at.
/// </summary>
internal static class Readiness
{
    /// <summary>Whether the function that the read stands in asks ahead of it.</summary>
    public static bool IsAskedAhead(IOperation read)
    {
        var function = read;
        while (function.Parent is { } parent && function is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            function = parent;
        }

        foreach (var operation in function.Descendants())
        {
            if (operation.Syntax.SpanStart < read.Syntax.SpanStart && IsQuestion(operation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsQuestion(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property: { Name: "DataAvailable", ContainingType.Name: "NetworkStream" } } => true,
        IPropertyReferenceOperation { Property: { Name: "Available", ContainingType.Name: "Socket" or "TcpClient" } } => true,
        IInvocationOperation { TargetMethod: { Name: "Poll", ContainingType.Name: "Socket" }, Arguments: { Length: > 0 } arguments } => !IsEndless(arguments[0].Value),
        IInvocationOperation { TargetMethod: { Name: "Select", ContainingType.Name: "Socket" }, Arguments: { Length: 4 } arguments } => !IsEndless(arguments[3].Value),
        _ => false,
    };

    private static bool IsEndless(IOperation limit) =>
        limit.ConstantValue is { HasValue: true, Value: < 0 } || limit is IFieldReferenceOperation { Field.Name: "InfiniteTimeSpan" };
}
