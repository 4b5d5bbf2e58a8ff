using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Configuration;

/// <summary>A line of configuration that does not do what its author meant.</summary>
internal sealed class OptionProblem
{
    public OptionProblem(string key, string value, string explanation)
    {
        Key = key;
        Value = value;
        Explanation = explanation;
    }

    public string Key { get; }

    public string Value { get; }

    /// <summary>What is wrong, what is accepted and what holds instead: follows the key in a message.</summary>
    public string Explanation { get; }
}

/// <summary>
/// Reads the <c>socket_leak.*</c> options of one file. Anybody may have written the values: whatever they are, each is either
/// understood, or its default holds and a problem says so.
/// </summary>
internal static class OptionReader
{
    public const string ExceptionPathsKey = "socket_leak.exception_paths";
    public const string AdditionalTypesKey = "socket_leak.additional_resource_types";
    public const string ExcludedTypesKey = "socket_leak.excluded_resource_types";
    public const string DefaultTimeoutKey = "socket_leak.default_timeout_seconds";

    private const int MaxValueLength = 20_000;
    private const int MaxTypes = 1_000;
    private const int MaxNameLength = 500;

    /// <summary>The longest time-out that .NET's timers and <c>HttpClient.Timeout</c> take, in seconds.</summary>
    private const double MaxTimeout = int.MaxValue / 1000;

    private static readonly char[] Separators = { ';', ',', '|' };

    private static readonly Option[] Options =
    {
        new(ExceptionPathsKey, accepted: "none, credible or all", @default: "credible"),
        new(AdditionalTypesKey, accepted: "full names of types (Ours.Net.Lease) or their documentation ids (T:Ours.Net.Lease), separated by ',' or '|'", @default: "none"),
        new(ExcludedTypesKey, accepted: "full names of types (Ours.Net.Lease) or their documentation ids (T:Ours.Net.Lease), separated by ',' or '|'", @default: "none"),
        new(DefaultTimeoutKey, accepted: "a number of seconds from 0.001 to 2147483", @default: "100 for HttpClient.Timeout and 30 elsewhere"),
    };

    /// <summary>Reads the options; what is wrong with them is added to <paramref name="problems"/>.</summary>
    public static AnalysisOptions Read(AnalyzerConfigOptions options, List<OptionProblem>? problems = null)
    {
        var result = Read(OptionTexts.Of(options), problems);
        if (problems is not null)
        {
            FindMisspeltKeys(options, problems);
        }

        return result;
    }

    public static AnalysisOptions Read(OptionTexts texts, List<OptionProblem>? problems = null)
    {
        if (texts.Equals(default))
        {
            return AnalysisOptions.Default;
        }

        return new AnalysisOptions(
            ReadExceptionPaths(texts.ExceptionPaths, problems),
            ReadTypes(Options[1], texts.AdditionalTypes, problems),
            ReadTypes(Options[2], texts.ExcludedTypes, problems),
            ReadTimeout(texts.DefaultTimeout, problems));
    }

    private static ExceptionPaths ReadExceptionPaths(string? text, List<OptionProblem>? problems)
    {
        if (IsUnset(text))
        {
            return ExceptionPaths.Credible;
        }

        var value = text!.Trim();
        if (value.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return ExceptionPaths.None;
        }

        if (value.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return ExceptionPaths.All;
        }

        if (!value.Equals("credible", StringComparison.OrdinalIgnoreCase))
        {
            Reject(Options[0], text, problems);
        }

        return ExceptionPaths.Credible;
    }

    private static double? ReadTimeout(string? text, List<OptionProblem>? problems)
    {
        if (IsUnset(text))
        {
            return null;
        }

        if (double.TryParse(text!.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0.001 and <= MaxTimeout)
        {
            return seconds;
        }

        Reject(Options[3], text, problems);
        return null;
    }

    private static ImmutableArray<string> ReadTypes(Option option, string? text, List<OptionProblem>? problems)
    {
        if (IsUnset(text))
        {
            return ImmutableArray<string>.Empty;
        }

        if (text!.Length > MaxValueLength)
        {
            Reject(option, text, problems);
            return ImmutableArray<string>.Empty;
        }

        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var item in text.Split(Separators))
        {
            var name = item.Trim();
            if (name.Length == 0)
            {
                continue;
            }

            if (names.Count >= MaxTypes || ReadTypeName(name) is not { } read)
            {
                Reject(option, text, problems);
                return ImmutableArray<string>.Empty;
            }

            names.Add(read);
        }

        return names.ToImmutableArray();
    }

    /// <summary>A type's name as documentation ids have it, without the prefix; null when it cannot be one.</summary>
    private static string? ReadTypeName(string text)
    {
        var name = text.StartsWith("T:", StringComparison.Ordinal) ? text.Substring(2) : text;
        if (name.Length > MaxNameLength)
        {
            return null;
        }

        name = name.Replace('+', '.');
        foreach (var part in name.Split('.'))
        {
            var tick = part.IndexOf('`');
            var identifier = tick < 0 ? part : part.Substring(0, tick);
            if (!SyntaxFacts.IsValidIdentifier(identifier)
                || (tick >= 0 && !(int.TryParse(part.Substring(tick + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var arity) && arity > 0)))
            {
                return null;
            }
        }

        return name;
    }

    /// <summary>Nothing is said, or it is said in the words of an .editorconfig that an outer file's value is to be forgotten.</summary>
    private static bool IsUnset(string? text) => string.IsNullOrWhiteSpace(text) || text!.Trim().Equals("unset", StringComparison.OrdinalIgnoreCase);

    private static void Reject(Option option, string value, List<OptionProblem>? problems) => problems?.Add(new OptionProblem(
        option.Key,
        value,
        $"has the value '{Shortened(value)}', which is not {option.Accepted}; the default is used: {option.Default}"));

    private static void FindMisspeltKeys(AnalyzerConfigOptions options, List<OptionProblem> problems)
    {
        IEnumerable<string> keys;
        try
        {
            keys = options.Keys;
        }
        catch (NotImplementedException)
        {
            // A host that is older than the property, or keeps no list.
            return;
        }

        List<OptionProblem>? misspelt = null;
        foreach (var key in keys)
        {
            if (!LooksLikeOurs(key) || IsKnown(key) || !options.TryGetValue(key, out var value))
            {
                continue;
            }

            var nearest = Nearest(key);
            (misspelt ??= new List<OptionProblem>()).Add(new OptionProblem(
                key,
                value,
                nearest is null
                    ? $"(value '{Shortened(value)}') does not exist and has no effect; the options are {string.Join(", ", Array.ConvertAll(Options, static option => option.Key))}"
                    : $"(value '{Shortened(value)}') does not exist and has no effect; did you mean '{nearest.Key}'? It takes {nearest.Accepted}, and its default is {nearest.Default}"));
        }

        if (misspelt is not null)
        {
            misspelt.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
            problems.AddRange(misspelt);
        }
    }

    /// <summary>Every key that begins like ours, with the slips of the hand that happen there.</summary>
    private static bool LooksLikeOurs(string key) =>
        key.Length > 10
        && key.StartsWith("socket", StringComparison.OrdinalIgnoreCase)
        && key.IndexOf("leak", 6, Math.Min(6, key.Length - 6), StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsKnown(string key)
    {
        foreach (var option in Options)
        {
            if (option.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static Option? Nearest(string key)
    {
        Option? nearest = null;
        var best = int.MaxValue;
        foreach (var option in Options)
        {
            var distance = Distance(key.ToLowerInvariant(), option.Key);
            if (distance < best)
            {
                best = distance;
                nearest = option;
            }
        }

        // Half of what follows the prefix may be wrong.
        return best <= 9 ? nearest : null;
    }

    /// <summary>The number of characters to add, drop or change.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > 2 * right.Length)
        {
            return int.MaxValue;
        }

        var row = new int[right.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[right.Length];
    }

    private static string Shortened(string value) => value.Length <= 80 ? value : value.Substring(0, 80) + "…";

    private sealed class Option
    {
        public Option(string key, string accepted, string @default)
        {
            Key = key;
            Accepted = accepted;
            Default = @default;
        }

        public string Key { get; }

        public string Accepted { get; }

        public string Default { get; }
    }
}

/// <summary>The options as written: a key to keep what they mean by.</summary>
internal sealed class OptionTexts : IEquatable<OptionTexts>
{
    private OptionTexts(string? exceptionPaths, string? additionalTypes, string? excludedTypes, string? defaultTimeout)
    {
        ExceptionPaths = exceptionPaths;
        AdditionalTypes = additionalTypes;
        ExcludedTypes = excludedTypes;
        DefaultTimeout = defaultTimeout;
    }

    public string? ExceptionPaths { get; }

    public string? AdditionalTypes { get; }

    public string? ExcludedTypes { get; }

    public string? DefaultTimeout { get; }

    public static OptionTexts Of(AnalyzerConfigOptions options) => new(
        ValueOf(options, OptionReader.ExceptionPathsKey),
        ValueOf(options, OptionReader.AdditionalTypesKey),
        ValueOf(options, OptionReader.ExcludedTypesKey),
        ValueOf(options, OptionReader.DefaultTimeoutKey));

    public bool Equals(OptionTexts? other) =>
        other is not null
        && ExceptionPaths == other.ExceptionPaths
        && AdditionalTypes == other.AdditionalTypes
        && ExcludedTypes == other.ExcludedTypes
        && DefaultTimeout == other.DefaultTimeout;

    public override bool Equals(object? obj) => Equals(obj as OptionTexts);

    public override int GetHashCode() => (ExceptionPaths, AdditionalTypes, ExcludedTypes, DefaultTimeout).GetHashCode();

    private static string? ValueOf(AnalyzerConfigOptions options, string key) => options.TryGetValue(key, out var value) ? value : null;
}
