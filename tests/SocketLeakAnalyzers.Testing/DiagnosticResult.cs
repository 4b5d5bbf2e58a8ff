using System;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>A place where a diagnostic is expected.</summary>
public readonly struct DiagnosticLocation
{
    /// <summary>Makes a location.</summary>
    public DiagnosticLocation(FileLinePositionSpan span, DiagnosticLocationOptions options)
    {
        Span = span;
        Options = options;
    }

    /// <summary>File and span; an empty path stands for the first source file.</summary>
    public FileLinePositionSpan Span { get; }

    /// <summary>How the span is read.</summary>
    public DiagnosticLocationOptions Options { get; }
}

/// <summary>A diagnostic that is expected. The first location is the diagnostic's own, the others are its additional locations.</summary>
public readonly struct DiagnosticResult
{
    private readonly ImmutableArray<DiagnosticLocation> spans;
    private readonly bool messageIsIgnored;
    private readonly string? message;

    /// <summary>Expects a diagnostic with this id and severity, and any message.</summary>
    public DiagnosticResult(string id, DiagnosticSeverity severity)
        : this(ImmutableArray<DiagnosticLocation>.Empty, false, null, id, severity, null, null, DiagnosticOptions.None)
    {
    }

    /// <summary>Expects a diagnostic of this descriptor.</summary>
    public DiagnosticResult(DiagnosticDescriptor descriptor)
        : this(ImmutableArray<DiagnosticLocation>.Empty, false, null, descriptor.Id, descriptor.DefaultSeverity, descriptor.MessageFormat, null, DiagnosticOptions.None)
    {
    }

    private DiagnosticResult(
        ImmutableArray<DiagnosticLocation> spans,
        bool messageIsIgnored,
        string? message,
        string id,
        DiagnosticSeverity severity,
        LocalizableString? messageFormat,
        object?[]? messageArguments,
        DiagnosticOptions options)
    {
        this.spans = spans;
        this.messageIsIgnored = messageIsIgnored;
        this.message = message;
        Id = id;
        Severity = severity;
        MessageFormat = messageFormat;
        MessageArguments = messageArguments;
        Options = options;
    }

    /// <summary>No diagnostic is expected.</summary>
    public static readonly DiagnosticResult[] EmptyDiagnosticResults = [];

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>The severity.</summary>
    public DiagnosticSeverity Severity { get; }

    /// <summary>The locations, the diagnostic's own first.</summary>
    public ImmutableArray<DiagnosticLocation> Spans => spans.IsDefault ? ImmutableArray<DiagnosticLocation>.Empty : spans;

    /// <summary>Whether the diagnostic has a place.</summary>
    public bool HasLocation => !Spans.IsEmpty;

    /// <summary>The format of the message, if it is known.</summary>
    public LocalizableString? MessageFormat { get; }

    /// <summary>The arguments of the message, if they are stated.</summary>
    public object?[]? MessageArguments { get; }

    /// <summary>What is not compared.</summary>
    public DiagnosticOptions Options { get; }

    /// <summary>The message, or null where any message will do.</summary>
    public string? Message
    {
        get
        {
            if (message is not null)
                return message;
            if (messageIsIgnored || MessageFormat is null)
                return null;
            return Format(MessageFormat, MessageArguments);
        }
    }

    /// <summary>Expects an error of the compiler.</summary>
    public static DiagnosticResult CompilerError(string identifier) => new(identifier, DiagnosticSeverity.Error);

    /// <summary>Expects a warning of the compiler.</summary>
    public static DiagnosticResult CompilerWarning(string identifier) => new(identifier, DiagnosticSeverity.Warning);

    /// <summary>States the arguments of the message.</summary>
    public DiagnosticResult WithArguments(params object?[] arguments) =>
        new(Spans, false, message, Id, Severity, MessageFormat, arguments, Options);

    /// <summary>States the message; null accepts any.</summary>
    public DiagnosticResult WithMessage(string? message) =>
        new(Spans, message is null, message, Id, Severity, MessageFormat, MessageArguments, Options);

    /// <summary>States the format of the message.</summary>
    public DiagnosticResult WithMessageFormat(LocalizableString messageFormat) =>
        new(Spans, messageIsIgnored, message, Id, Severity, messageFormat, MessageArguments, Options);

    /// <summary>States the severity.</summary>
    public DiagnosticResult WithSeverity(DiagnosticSeverity severity) =>
        new(Spans, messageIsIgnored, message, Id, severity, MessageFormat, MessageArguments, Options);

    /// <summary>States what is not compared.</summary>
    public DiagnosticResult WithOptions(DiagnosticOptions options) =>
        new(Spans, messageIsIgnored, message, Id, Severity, MessageFormat, MessageArguments, options);

    /// <summary>Expects the diagnostic at no place.</summary>
    public DiagnosticResult WithNoLocation() =>
        new(ImmutableArray<DiagnosticLocation>.Empty, messageIsIgnored, message, Id, Severity, MessageFormat, MessageArguments, Options);

    /// <summary>Adds the span <c>{|#markupKey:…|}</c>.</summary>
    public DiagnosticResult WithLocation(int markupKey) => WithLocation(markupKey, DiagnosticLocationOptions.None);

    /// <summary>Adds the span <c>{|#markupKey:…|}</c>.</summary>
    public DiagnosticResult WithLocation(int markupKey, DiagnosticLocationOptions options)
    {
        var key = new LinePosition(markupKey, 0);
        return Append(new FileLinePositionSpan(string.Empty, key, key), options | DiagnosticLocationOptions.InterpretAsMarkupKey);
    }

    /// <summary>Adds a start in the first source file; line and column count from 1.</summary>
    public DiagnosticResult WithLocation(int line, int column) => WithLocation(string.Empty, line, column);

    /// <summary>Adds a start in the first source file.</summary>
    public DiagnosticResult WithLocation(LinePosition location) => WithLocation(string.Empty, location);

    /// <summary>Adds a start in a file; line and column count from 1.</summary>
    public DiagnosticResult WithLocation(string path, int line, int column) => WithLocation(path, new LinePosition(line - 1, column - 1));

    /// <summary>Adds a start in a file.</summary>
    public DiagnosticResult WithLocation(string path, LinePosition location) =>
        WithLocation(path, location, DiagnosticLocationOptions.None);

    /// <summary>Adds a start in a file.</summary>
    public DiagnosticResult WithLocation(string path, LinePosition location, DiagnosticLocationOptions options) =>
        Append(new FileLinePositionSpan(path, location, location), options | DiagnosticLocationOptions.IgnoreLength);

    /// <summary>Adds a span in the first source file; lines and columns count from 1.</summary>
    public DiagnosticResult WithSpan(int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan(string.Empty, startLine, startColumn, endLine, endColumn);

    /// <summary>Adds a span in a file; lines and columns count from 1.</summary>
    public DiagnosticResult WithSpan(string path, int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan(new FileLinePositionSpan(path, new LinePosition(startLine - 1, startColumn - 1), new LinePosition(endLine - 1, endColumn - 1)));

    /// <summary>Adds a span.</summary>
    public DiagnosticResult WithSpan(FileLinePositionSpan span) => WithSpan(span, DiagnosticLocationOptions.None);

    /// <summary>Adds a span.</summary>
    public DiagnosticResult WithSpan(FileLinePositionSpan span, DiagnosticLocationOptions options) => Append(span, options);

    /// <summary>Puts every location that names no file into this one.</summary>
    public DiagnosticResult WithDefaultPath(string path)
    {
        var builder = ImmutableArray.CreateBuilder<DiagnosticLocation>(Spans.Length);
        foreach (var location in Spans)
        {
            builder.Add(location.Span.Path.Length == 0 && (location.Options & DiagnosticLocationOptions.InterpretAsMarkupKey) == 0
                ? new DiagnosticLocation(new FileLinePositionSpan(path, location.Span.Span), location.Options)
                : location);
        }

        return WithSpans(builder.MoveToImmutable());
    }

    /// <inheritdoc/>
    public override string ToString() => DiagnosticText.Describe(this);

    internal DiagnosticResult WithSpans(ImmutableArray<DiagnosticLocation> locations) =>
        new(locations, messageIsIgnored, message, Id, Severity, MessageFormat, MessageArguments, Options);

    internal static string Format(LocalizableString format, object?[]? arguments)
    {
        var text = format.ToString(CultureInfo.InvariantCulture);
        try
        {
            return string.Format(CultureInfo.InvariantCulture, text, arguments ?? []);
        }
        catch (FormatException)
        {
            return text;
        }
    }

    private DiagnosticResult Append(FileLinePositionSpan span, DiagnosticLocationOptions options) =>
        WithSpans(Spans.Add(new DiagnosticLocation(span, options)));
}
