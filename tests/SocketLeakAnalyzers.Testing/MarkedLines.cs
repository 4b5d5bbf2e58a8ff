using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary><c>{#1}</c> in an expected message, or in its arguments, stands for the line of its location 1, so that no test counts lines.</summary>
internal static class MarkedLines
{
    /// <summary>Puts the lines into what is expected of a state.</summary>
    public static void PutInto(SolutionState state)
    {
        for (var i = 0; i < state.ExpectedDiagnostics.Count; i++)
        {
            var result = state.ExpectedDiagnostics[i];
            if (result.MessageArguments is { } arguments)
                state.ExpectedDiagnostics[i] = result.WithArguments([.. arguments.Select(argument => argument is string text ? WithLines(text, result, state) : argument!)]);
            else if (result.Message is { } message)
                state.ExpectedDiagnostics[i] = result.WithMessage(WithLines(message, result, state));
        }
    }

    private static string WithLines(string text, DiagnosticResult result, SolutionState state)
    {
        for (var i = 0; i < result.Spans.Length; i++)
        {
            var place = $"{{#{i}}}";
            if (text.Contains(place, StringComparison.Ordinal))
                text = text.Replace(place, (LineOf(result.Spans[i], state) + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        return text;
    }

    private static int LineOf(DiagnosticLocation location, SolutionState state)
    {
        var start = location.Span.StartLinePosition;
        return (location.Options & DiagnosticLocationOptions.InterpretAsMarkupKey) == 0 ? start.Line : LineOf($"#{start.Character}", state);
    }

    private static int LineOf(string name, SolutionState state)
    {
        foreach (var (_, content) in state.Sources.Concat(state.AdditionalFiles))
        {
            TestFileMarkupParser.GetSpans(content.ToString(), treatPositionIndicatorsAsCode: true, out var text, out ImmutableDictionary<string, ImmutableArray<TextSpan>> spans);
            if (spans.TryGetValue(name, out var found))
                return SourceText.From(text).Lines.GetLineFromPosition(found[0].Start).LineNumber;
        }

        throw new ArgumentException($"Nothing is marked {name}.");
    }
}
