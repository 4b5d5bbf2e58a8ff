using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Gives calls a token: the one in scope, or that of a new source with a time-out.</summary>
internal static class TokenPassing
{
    /// <summary>
    /// All of the calls, or null. With <paramref name="alwaysTimed"/> a token in scope is not enough: it is linked to a source with a
    /// time-out, but where the call's task leaves the function. What else the fix does is done by <paramref name="also"/>, or the fix is
    /// not made.
    /// </summary>
    public static FixPlan? Plan(IEnumerable<InvocationExpressionSyntax> all, bool mayAwait, bool alwaysTimed, string timedTitle, Func<EditBuilder, bool> also, FixSite site)
    {
        var calls = new List<InvocationExpressionSyntax>(all);
        var first = calls[0];
        if (IdleSource.TakeFrom(calls, site) is not { } idle)
        {
            return null;
        }

        var edit = new EditBuilder();
        var sources = new List<TimedSource>();
        var passed = new List<(TokenArgument Call, string Token)>();
        foreach (var invocation in calls)
        {
            if (TokenArgument.For(invocation, mayAwait, site) is not { } call)
            {
                return null;
            }

            var inScope = TokensInScope.Find(invocation, site);
            if (inScope is not null && (!alwaysTimed || inScope.IsDeadline))
            {
                passed.Add((call, inScope.Text));
                continue;
            }

            if (call.Use.EndsHere())
            {
                if (sources.Count > 0 && sources[sources.Count - 1].TryJoin(call, inScope?.Text))
                {
                    continue;
                }

                if (TimedSource.For(invocation, inScope?.Text, sources, site) is { } source)
                {
                    source.Add(call);
                    sources.Add(source);
                    continue;
                }
            }

            if (inScope is null)
            {
                return null;
            }

            passed.Add((call, inScope.Text));
        }

        // The declarations first: they stand ahead of what the calls insert at the same place.
        foreach (var source in sources)
        {
            if (!source.TryWrite(edit))
            {
                return null;
            }
        }

        foreach (var (call, token) in passed)
        {
            call.Write(token, edit);
        }

        return idle.TryWrite(edit) && also(edit) && edit.ToChanges() is { } changes && CompilerCheck.AddsNoError(changes, LocalNames.MemberOf(first), site)
            ? new FixPlan(sources.Count > 0 || passed.Count == 0 ? timedTitle + " " + Deadline.For(site).InWords + " (a slower success will fail)" : "Pass '" + passed[0].Token + "'", changes)
            : null;
    }
}
