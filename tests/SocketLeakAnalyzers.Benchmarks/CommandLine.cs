using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>The command line is wrong; the message says how.</summary>
internal sealed class CommandLineException(string message) : Exception(message);

/// <summary>Positional arguments, <c>--flag</c>s and <c>--option value</c>s. Whatever a command did not ask for is an error.</summary>
internal sealed class CommandLine
{
    private readonly List<string> _positional = [];
    private readonly List<(string Name, string? Value)> _options = [];
    private readonly HashSet<string> _asked = [];

    /// <param name="args">What follows the command's name.</param>
    /// <param name="flags">The options that take no value.</param>
    public CommandLine(IReadOnlyList<string> args, params string[] flags)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                _positional.Add(args[i]);
            }
            else if (flags.Contains(args[i]))
            {
                _options.Add((args[i], null));
            }
            else if (i + 1 < args.Count)
            {
                _options.Add((args[i], args[++i]));
            }
            else
            {
                throw new CommandLineException(args[i] + " needs a value");
            }
        }
    }

    public string Positional(int index, string what) =>
        index < _positional.Count ? _positional[index] : throw new CommandLineException("missing: " + what);

    /// <summary>All positional arguments, at least one.</summary>
    public IReadOnlyList<string> Positionals(string what) => _positional.Count > 0 ? _positional : throw new CommandLineException("missing: " + what);

    public string? OptionalPositional(int index) => index < _positional.Count ? _positional[index] : null;

    public bool Flag(string name)
    {
        _asked.Add(name);
        return _options.Any(o => o.Name == name);
    }

    public string? Value(string name)
    {
        _asked.Add(name);
        return _options.LastOrDefault(o => o.Name == name).Value;
    }

    public IReadOnlyList<string> Values(string name)
    {
        _asked.Add(name);
        return _options.Where(o => o.Name == name).SelectMany(o => o.Value!.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries)).ToList();
    }

    public int Number(string name, int otherwise)
    {
        var value = Value(name);
        return value is null ? otherwise
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new CommandLineException($"{name} needs a number, not '{value}'");
    }

    public void RejectTheRest(int positional)
    {
        var unknown = _options.Select(o => o.Name).FirstOrDefault(name => !_asked.Contains(name));
        if (unknown is not null)
        {
            throw new CommandLineException("unknown option: " + unknown);
        }

        if (_positional.Count > positional)
        {
            throw new CommandLineException("unexpected: " + _positional[positional]);
        }
    }
}
