using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>Draws what was seen before and after the fixes, a panel for each form, for a bright and for a dark page.</summary>
internal static class Picture
{
    private const int Columns = 2;
    private const int PanelWidth = 400;
    private const int PanelHeight = 220;
    private const int Top = 64;

    private const string Style = """
        <style>
          svg { --page: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --before: #c2410c; --after: #1d4ed8 }
          @media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --before: #fb923c; --after: #79b8ff } }
          text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--soft) }
          .title { font-size: 16px; font-weight: 600; fill: var(--ink) }
          .panel { font-size: 13px; font-weight: 600; fill: var(--ink) }
          .grid { stroke: var(--line); stroke-width: 1 }
          .page { fill: var(--page) }
          .before { fill: none; stroke: var(--before); stroke-width: 2.5 }
          .after { fill: none; stroke: var(--after); stroke-width: 2.5; stroke-dasharray: 7 4 }
          .b { fill: var(--before); font-weight: 600 }
          .a { fill: var(--after); font-weight: 600 }
        </style>
        """;

    /// <summary>The picture of an incident.</summary>
    public static string Draw(string title, string unit, IReadOnlyList<(string Title, Recording Before, Recording After)> forms)
    {
        var rows = (forms.Count + Columns - 1) / Columns;
        var (width, height) = (Columns * PanelWidth, Top + (rows * PanelHeight));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}: {Escape(unit)} before and after the fixes</title>\n{Style}\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"page\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"20\" y=\"26\">{Escape(title)}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"20\" y=\"46\">{Escape(unit)}, round by round</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"before\" d=\"M{width - 250} 42h30\"/><text class=\"b\" x=\"{width - 214}\" y=\"46\">before</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"after\" d=\"M{width - 150} 42h30\"/><text class=\"a\" x=\"{width - 114}\" y=\"46\">after the fixes</text>\n");
        for (var i = 0; i < forms.Count; i++)
        {
            Panel(svg, i % Columns * PanelWidth, Top + (i / Columns * PanelHeight), forms[i]);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder svg, int left, int top, (string Title, Recording Before, Recording After) form)
    {
        const int X = 44, Y = 26, Width = 300, Height = 150;
        var samples = form.Before.Samples.Concat(form.After.Samples).ToList();
        var most = samples.Max(sample => sample.Value);
        var step = most <= 5 ? 1 : most <= 10 ? 2 : most <= 20 ? 5 : 10;
        var height = Math.Max(step, (most + step - 1) / step * step);
        var rounds = Math.Max(1, samples.Max(sample => sample.Round));
        double XOf(int round) => X + ((double)round / rounds * Width);
        double YOf(int value) => Y + Height - ((double)value / height * Height);

        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({left} {top})\">\n<text class=\"panel\" x=\"20\" y=\"14\">{Escape(form.Title)}</text>\n");
        for (var value = 0; value <= height; value += step)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M{X} {YOf(value):0.#}h{Width}\"/><text x=\"{X - 6}\" y=\"{YOf(value) + 4:0.#}\" text-anchor=\"end\">{value}</text>\n");
        }

        foreach (var round in (int[])[0, rounds])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{XOf(round):0.#}\" y=\"{Y + Height + 16}\" text-anchor=\"middle\">{round}</text>\n");
        }

        // Where both end at the same height, their labels stand one above the other.
        var (before, after) = (YOf(form.Before.Last.Value) + 4, YOf(form.After.Last.Value) + 4);
        if (form.Before.Last.Round == form.After.Last.Round && Math.Abs(before - after) < 14)
        {
            before = after - 14;
        }

        Line(form.After, "after", "a", after);
        Line(form.Before, "before", "b", before);
        svg.Append("</g>\n");

        void Line(Recording recording, string line, string label, double y)
        {
            var points = string.Join(' ', recording.Samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{XOf(sample.Round):0.#},{YOf(sample.Value):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{line}\" points=\"{points}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{label}\" x=\"{XOf(recording.Last.Round) + 8:0.#}\" y=\"{y:0.#}\">{recording.Last.Value}</text>\n");
        }
    }

    private static string Escape(string text) => SecurityElement.Escape(text)!;
}
