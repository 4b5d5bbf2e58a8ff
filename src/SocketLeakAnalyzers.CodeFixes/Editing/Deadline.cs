using System;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>The bound that a fix inserts: the number of seconds of the option <c>default_timeout_seconds</c>, else the fix's own.</summary>
internal sealed class Deadline
{
    private const double Otherwise = 30;

    private readonly double _seconds;

    private Deadline(double seconds) => _seconds = seconds;

    public static Deadline For(FixSite site, double otherwise = Otherwise) => new(site.Options.DefaultTimeoutSeconds ?? otherwise);

    /// <summary>As titles say it. They also say that what is slow and would have succeeded now fails.</summary>
    public string InWords => _seconds.ToString("R", CultureInfo.InvariantCulture) + " s";

    /// <summary>The text of an <c>int</c>, in milliseconds.</summary>
    public string Milliseconds => ((int)Math.Ceiling(_seconds * 1000)).ToString(CultureInfo.InvariantCulture);

    /// <summary>The text of a <c>TimeSpan</c>; null where the type is missing.</summary>
    public string? TimeSpan(FixSite site, int position) =>
        site.Model.Compilation.GetTypeByMetadataName("System.TimeSpan") is { } type
            ? type.ToMinimalDisplayString(site.Model, position) + ".FromSeconds(" + _seconds.ToString("R", CultureInfo.InvariantCulture) + ")"
            : null;
}
