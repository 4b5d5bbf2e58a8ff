using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>Questions about datagrams, which a server waits for by design.</summary>
internal static class DatagramWords
{
    /// <summary>
    /// Whether the call waits for the answer to a question that its function has sent: where either datagram is lost, it waits for ever. A loop that only receives
    /// waits for whoever comes.
    /// </summary>
    public static bool IsWaitForAnswer(NetworkCall call, NetworkObject networkObject)
    {
        if (call.Verb != UseVerb.Reads)
        {
            return false;
        }

        var round = LoopAround(call.Operation);
        foreach (var question in networkObject.Calls)
        {
            if (question.Verb == UseVerb.Writes
                && question.Function == call.Function
                && question.Operation.Syntax.Span.End <= call.Operation.Syntax.SpanStart
                && round?.Syntax.Span.Contains(question.Operation.Syntax.Span) != false)
            {
                return true;
            }
        }

        return false;
    }

    private static IOperation? LoopAround(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is ILoopOperation)
            {
                return outer;
            }
        }

        return null;
    }
}
