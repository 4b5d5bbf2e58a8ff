using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>A row that cannot be read: where it stands and why.</summary>
internal sealed class OwnershipRowError
{
    public OwnershipRowError(string? path, TextSpan span, LinePositionSpan lines, string message)
    {
        Path = path;
        Span = span;
        Lines = lines;
        Message = message;
    }

    public string? Path { get; }

    public TextSpan Span { get; }

    public LinePositionSpan Lines { get; }

    /// <summary>Starts in lower case and has no full stop, as a part of a diagnostic's message.</summary>
    public string Message { get; }

    /// <summary>The place in the file of rows; <see cref="Location.None"/> when the text came from nowhere.</summary>
    public Location ToLocation() => Path is null ? Location.None : Location.Create(Path, Span, Lines);
}

/// <summary>The rows of one text, and its errors.</summary>
internal readonly struct OwnershipRows
{
    public OwnershipRows(ImmutableArray<OwnershipRow> rows, ImmutableArray<OwnershipRowError> errors)
    {
        Rows = rows;
        Errors = errors;
    }

    public ImmutableArray<OwnershipRow> Rows { get; }

    public ImmutableArray<OwnershipRowError> Errors { get; }
}

/// <summary>
/// Reads rows of the ownership model (the grammar is in docs/ownership-model.md). A line is a row, and a line that cannot be
/// read costs that row alone; nothing throws. Every character is looked at a bounded number of times, long lines are refused,
/// the rows of one text are cut off at <see cref="MaxRows"/> and its errors at <see cref="MaxErrors"/>, since the text is a file that anybody may have written.
/// </summary>
internal static class OwnershipRowParser
{
    public const int MaxLineLength = 2000;

    public const int MaxErrors = 100;

    /// <summary>Rows of one file: many times what all packages of a project need.</summary>
    public const int MaxRows = 100_000;

    private static readonly char[] ParameterSeparator = { ',' };

    public static OwnershipRows Parse(SourceText text, string? path = null, CancellationToken cancellationToken = default)
    {
        var rows = ImmutableArray.CreateBuilder<OwnershipRow>();
        var errors = ImmutableArray.CreateBuilder<OwnershipRowError>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Lines)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.End - line.Start > MaxLineLength)
            {
                Fail(line.Span, $"the row is longer than {MaxLineLength} characters");
                continue;
            }

            var span = Trim(text, line.Span);
            if (span.IsEmpty)
            {
                continue;
            }

            if (rows.Count == MaxRows)
            {
                Fail(span, $"a file has no more than {MaxRows} rows; this one and those after it are not read");
                break;
            }

            var content = text.ToString(span);
            var row = new RowReader(content).Read(out var problem);
            if (row is null)
            {
                Fail(span, problem!);
            }
            else if (!seen.Add(row.Id))
            {
                Fail(span, $"a second row for '{row.Id}'; the first one holds");
            }
            else
            {
                row.Path = path;
                row.Span = span;
                row.Lines = text.Lines.GetLinePositionSpan(span);
                rows.Add(row);
            }
        }

        return new OwnershipRows(rows.ToImmutable(), errors.ToImmutable());

        void Fail(TextSpan span, string message)
        {
            if (errors.Count < MaxErrors)
            {
                errors.Add(new OwnershipRowError(path, span, text.Lines.GetLinePositionSpan(span), message));
            }
            else if (errors.Count == MaxErrors)
            {
                errors.Add(new OwnershipRowError(path, span, text.Lines.GetLinePositionSpan(span), "further rows that cannot be read are not listed"));
            }
        }
    }

    /// <summary>The line without a comment (<c>#</c> at its start or after white space) and the white space around it.</summary>
    private static TextSpan Trim(SourceText text, TextSpan line)
    {
        var start = line.Start;
        while (start < line.End && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        var end = start;
        for (var i = start; i < line.End; i++)
        {
            var c = text[i];
            if (c == '#' && (i == start || char.IsWhiteSpace(text[i - 1])))
            {
                break;
            }

            if (!char.IsWhiteSpace(c))
            {
                end = i + 1;
            }
        }

        return TextSpan.FromBounds(start, end);
    }

    /// <summary>Reads one row; a clause that cannot be read fails the whole row, so that half a row never holds.</summary>
    private struct RowReader
    {
        private readonly string _text;
        private readonly List<string> _words;
        private string? _problem;
        private int _word;
        private ResourceKind _kind;
        private bool _memory;
        private bool _dormant;
        private bool _abstraction;
        private bool _membersThrow;
        private NetworkSort _network;
        private bool _hasTypeClause;

        public RowReader(string text)
        {
            _text = text;
            _words = new List<string>();
            _problem = null;
            _word = 0;
            _kind = ResourceKind.None;
            _memory = _dormant = _abstraction = _membersThrow = _hasTypeClause = false;
            _network = NetworkSort.None;
        }

        public OwnershipRow? Read(out string? problem)
        {
            var row = ReadRow();
            problem = _problem;
            return _problem is null ? row : null;
        }

        private OwnershipRow? ReadRow()
        {
            var colon = EndOfId();
            if (_text.Length < 3 || _text[1] != ':' || (_text[0] != 'T' && _text[0] != 'M' && _text[0] != 'P'))
            {
                return Fail("a row starts with the documentation id of a type ('T:'), a method ('M:') or a property ('P:')");
            }

            if (colon < 0)
            {
                return Fail("a colon is missing between the identifier and the clauses");
            }

            var row = ReadId(_text.Substring(0, colon).TrimEnd());
            if (row is null)
            {
                return null;
            }

            var clauses = 0;
            for (var start = colon + 1; start <= _text.Length;)
            {
                var end = _text.IndexOf(';', start);
                if (end < 0)
                {
                    end = _text.Length;
                }

                SplitWords(start, end);
                if (_words.Count > 0)
                {
                    clauses++;
                    ReadClause(row);
                    if (_problem is null && _word < _words.Count)
                    {
                        Fail($"'{_words[_word]}' is not expected in the clause '{_text.Substring(start, end - start).Trim()}'");
                    }

                    if (_problem is not null)
                    {
                        return null;
                    }
                }

                start = end + 1;
            }

            return clauses == 0 ? Fail("the row has no clause") : Check(row);
        }

        /// <summary>The colon that ends the identifier: the first one after the prefix that is outside brackets (arrays write <c>[0:,0:]</c>).</summary>
        private int EndOfId()
        {
            var depth = 0;
            for (var i = 2; i < _text.Length; i++)
            {
                switch (_text[i])
                {
                    case '(' or '[' or '{':
                        depth++;
                        break;
                    case ')' or ']' or '}':
                        depth--;
                        break;
                    case ':' when depth == 0:
                        return i;
                }
            }

            return -1;
        }

        private OwnershipRow? ReadId(string id)
        {
            var open = id.IndexOf('(');
            var name = open < 0 ? id.Substring(2) : id.Substring(2, open - 2);
            foreach (var c in name)
            {
                if (!char.IsLetterOrDigit(c) && c is not ('_' or '.' or '`' or '#'))
                {
                    return Fail($"'{id}' is no documentation id: '{c}' cannot stand in a name");
                }
            }

            if (id[0] == 'T')
            {
                return open >= 0 || !IsDottedName(name)
                    ? Fail($"'{id}' is no documentation id of a type")
                    : new OwnershipRow(id, name, memberName: "", arity: -1, OverloadSelection.Exact, ImmutableArray<string>.Empty);
            }

            var dot = name.LastIndexOf('.');
            if (dot <= 0 || dot == name.Length - 1 || !IsDottedName(name))
            {
                return Fail($"'{id}' does not name a member of a type");
            }

            var member = name.Substring(dot + 1);
            var arity = -1;
            var tick = member.IndexOf('`');
            if (tick >= 0)
            {
                if (tick == 0 || tick + 2 >= member.Length || member[tick + 1] != '`' || !int.TryParse(member.Substring(tick + 2), NumberStyles.None, CultureInfo.InvariantCulture, out arity) || arity <= 0)
                {
                    return Fail($"'{id}' has no readable number of type parameters: write two back quotes and the number");
                }

                member = member.Substring(0, tick);
            }

            if (open < 0)
            {
                return new OwnershipRow(id, name.Substring(0, dot), member, arity, OverloadSelection.Exact, ImmutableArray<string>.Empty);
            }

            if (id[id.Length - 1] != ')' && id.IndexOf(")~", open, StringComparison.Ordinal) < 0)
            {
                return Fail($"the parameter list of '{id}' is not closed");
            }

            if (id[open + 1] != '*')
            {
                foreach (var c in id)
                {
                    if (char.IsWhiteSpace(c))
                    {
                        return Fail($"'{id}' is no documentation id: it has no white space");
                    }
                }

                return new OwnershipRow(id, name.Substring(0, dot), member, arity, OverloadSelection.Exact, ImmutableArray<string>.Empty);
            }

            var names = id.Substring(open + 2, id.Length - open - 3);
            if (names.Length == 0)
            {
                return new OwnershipRow(id, name.Substring(0, dot), member, arity, OverloadSelection.All, ImmutableArray<string>.Empty);
            }

            var parameters = names.Split(ParameterSeparator);
            foreach (var parameter in parameters)
            {
                if (!SyntaxFacts.IsValidIdentifier(parameter))
                {
                    return Fail($"'{parameter}' in '{id}' is no name of a parameter");
                }
            }

            return new OwnershipRow(id, name.Substring(0, dot), member, arity, OverloadSelection.WithParameters, ImmutableArray.Create(parameters));
        }

        private static bool IsDottedName(string name)
        {
            var previous = '.';
            foreach (var c in name)
            {
                if (c == '.' && previous == '.')
                {
                    return false;
                }

                previous = c;
            }

            return previous != '.';
        }

        /// <summary>Splits at white space; an equals sign is a word of its own.</summary>
        private void SplitWords(int start, int end)
        {
            _words.Clear();
            _word = 0;
            var wordStart = -1;
            for (var i = start; i <= end; i++)
            {
                var isEnd = i == end || char.IsWhiteSpace(_text[i]) || _text[i] == '=';
                if (!isEnd && wordStart < 0)
                {
                    wordStart = i;
                }
                else if (isEnd && wordStart >= 0)
                {
                    _words.Add(_text.Substring(wordStart, i - wordStart));
                    wordStart = -1;
                }

                if (i < end && _text[i] == '=')
                {
                    _words.Add("=");
                }
            }
        }

        private string? Next() => _word < _words.Count ? _words[_word++] : null;

        private bool Accept(string word)
        {
            if (_word < _words.Count && _words[_word] == word)
            {
                _word++;
                return true;
            }

            return false;
        }

        private void ReadClause(OwnershipRow row)
        {
            var verb = Next()!;
            if (verb == "since")
            {
                ReadSince(row);
                return;
            }

            var isForType = verb is "resource" or "abstraction" or "dormant" or "memory" or "members" or "network";
            if (isForType != row.IsType && (isForType || IsMemberVerb(verb)))
            {
                Fail(isForType ? $"'{verb}' is a clause for a type" : $"'{verb}' is a clause for a member");
                return;
            }

            switch (verb)
            {
                case "resource":
                    ReadKind();
                    break;
                case "abstraction":
                    Set(ref _abstraction, verb);
                    break;
                case "dormant":
                    Set(ref _dormant, verb);
                    break;
                case "memory":
                    Set(ref _memory, verb);
                    break;
                case "members":
                    if (!Accept("throw"))
                    {
                        Fail("'members' is followed by 'throw'");
                    }

                    Set(ref _membersThrow, verb);
                    break;
                case "network":
                    if (_network != NetworkSort.None)
                    {
                        Fail("'network' stands twice");
                    }

                    _network = ReadSort();
                    if (_network == NetworkSort.None)
                    {
                        _network = NetworkSort.Connection;
                    }

                    break;
                case "connects" or "reads" or "writes" or "handshakes" or "accepts" or "requests":
                    ReadUse(row, verb);
                    break;
                case "bounds" or "keeps" or "sets":
                    ReadBound(row, verb);
                    break;
                case "waits" or "races":
                    ReadWait(row, verb);
                    break;
                case "runs":
                    ReadRun(row);
                    break;
                case "peeks":
                    AddUse(row, new RowUseClause(RowUseKind.Peek));
                    break;
                case "speaks":
                    var sort = ReadSort();
                    if (sort == NetworkSort.None)
                    {
                        Fail("'speaks' is followed by datagrams, pipe or local");
                    }

                    AddUse(row, new RowUseClause(RowUseKind.Speak) { Sort = sort, Condition = ReadCondition() });
                    break;
                case "returns":
                    ReadReturns(row);
                    break;
                case "takes":
                    if (Accept("receiver"))
                    {
                        if (row.TakesReceiver)
                        {
                            Fail("'takes receiver' stands twice");
                        }

                        row.TakesReceiver = true;
                        row.TakesReceiverCondition = ReadCondition();
                        break;
                    }

                    ReadParameterClause(row, ParameterEffect.Takes);
                    break;
                case "borrows":
                    ReadParameterClause(row, ParameterEffect.Borrows);
                    break;
                case "releases":
                    if (_word == _words.Count)
                    {
                        row.Releases = row.Releases ? FailFlag("'releases' stands twice") : true;
                    }
                    else if (_words[_word] == "on" && _word + 1 < _words.Count && _words[_word + 1] == "throw")
                    {
                        _word += 2;
                        row.ReleasesOnThrow = true;
                        if (Accept("in"))
                        {
                            row.ReleasesOnThrowIsForNetFramework = Accept("netframework") || FailFlag("'in' is followed by 'netframework'");
                        }
                    }
                    else
                    {
                        ReadParameterClause(row, ParameterEffect.Releases);
                    }

                    break;
                case "drains":
                    if (_word == _words.Count)
                    {
                        row.Drains = row.Drains ? FailFlag("'drains' stands twice") : true;
                    }
                    else
                    {
                        ReadParameterClause(row, ParameterEffect.Drains);
                    }

                    break;
                case "begins":
                    row.Begins = row.Begins ? FailFlag("'begins' stands twice") : true;
                    break;
                case "throws" or "quiet":
                    if (row.Throws is not null)
                    {
                        Fail("'throws' and 'quiet' stand once, and not together");
                    }

                    row.Throws = verb == "throws";
                    row.ThrowsCondition = verb == "throws" ? ReadCondition() : null;
                    break;
                default:
                    Fail($"'{verb}' is no clause");
                    break;
            }
        }

        private static bool IsMemberVerb(string verb)
            => verb is "returns" or "takes" or "borrows" or "releases" or "drains" or "begins" or "throws" or "quiet"
                or "connects" or "reads" or "writes" or "handshakes" or "accepts" or "requests" or "bounds" or "keeps" or "sets" or "waits" or "races" or "runs" or "speaks" or "peeks";

        private NetworkSort ReadSort() =>
            Accept("datagrams") ? NetworkSort.Datagrams : Accept("pipe") ? NetworkSort.Pipe : Accept("listener") ? NetworkSort.Listener : Accept("local") ? NetworkSort.Local : NetworkSort.None;

        private void ReadUse(OwnershipRow row, string verb)
        {
            var clause = new RowUseClause(RowUseKind.Use)
            {
                Verb = verb switch
                {
                    "connects" => UseVerb.Connects,
                    "reads" => UseVerb.Reads,
                    "writes" => UseVerb.Writes,
                    "handshakes" => UseVerb.Handshakes,
                    "accepts" => UseVerb.Accepts,
                    _ => UseVerb.Requests,
                },
            };
            if (_word < _words.Count && _words[_word] is not ("within" or "if" or "unless"))
            {
                clause.Parameter = ReadParameterName(verb);
            }

            clause.Limit = Accept("within") ? ReadParameterName("within") : null;
            clause.Condition = ReadCondition();
            AddUse(row, clause);
        }

        private void ReadBound(OwnershipRow row, string verb)
        {
            var what = Next();
            var clause = new RowUseClause(RowUseKind.Bound)
            {
                Bound = what switch
                {
                    "connects" => BoundVerb.Connects,
                    "reads" => BoundVerb.Reads,
                    "writes" => BoundVerb.Writes,
                    "requests" => BoundVerb.Requests,
                    "blocking" => BoundVerb.Blocking,
                    _ => BoundVerb.Alive,
                },
            };
            var problem = verb switch
            {
                "keeps" => what == "alive" ? null : "'keeps' is followed by 'alive'",
                "sets" => what == "blocking" ? null : "'sets' is followed by 'blocking'",
                _ => clause.Bound is BoundVerb.Alive or BoundVerb.Blocking ? "'bounds' is followed by connects, reads, writes or requests" : null,
            };
            if (problem is not null)
            {
                Fail(problem);
                return;
            }

            clause.Limit = Accept("by") ? ReadParameterName("by") : null;
            if (_word + 1 < _words.Count && _words[_word] == "unless" && _words[_word + 1] == "0")
            {
                _word += 2;
                clause.IsZeroInfinite = true;
            }

            clause.Condition = ReadCondition();
            AddUse(row, clause);
        }

        private void ReadWait(OwnershipRow row, string verb)
        {
            var clause = new RowUseClause(verb == "waits" ? RowUseKind.Wait : RowUseKind.Race);
            if (clause.Kind == RowUseKind.Wait)
            {
                if (_word < _words.Count && _words[_word] != "within")
                {
                    clause.Parameter = ReadParameterName(verb);
                }

                clause.Limit = Accept("within") ? ReadParameterName("within") : null;
            }

            foreach (var other in row.Uses)
            {
                if (other.Kind is RowUseKind.Wait or RowUseKind.Race)
                {
                    Fail("'waits' and 'races' stand once, and not together");
                }
            }

            AddUse(row, clause);
        }

        private void ReadRun(OwnershipRow row)
        {
            var clause = new RowUseClause(RowUseKind.Run) { Parameter = ReadParameterName("runs") };
            var place = Accept("on") ? Next() : null;
            switch (place)
            {
                case "thread":
                    clause.Place = RunPlace.Thread;
                    break;
                case "pool":
                    clause.Place = RunPlace.Pool;
                    break;
                case "timer":
                    clause.Place = RunPlace.Timer;
                    break;
                case "cancellation":
                    clause.Place = RunPlace.Cancellation;
                    break;
                default:
                    Fail("'runs' is followed by a parameter and 'on thread', 'on pool', 'on timer' or 'on cancellation'");
                    break;
            }

            foreach (var other in row.Uses)
            {
                if (other.Kind == RowUseKind.Run)
                {
                    Fail("'runs' stands twice");
                }
            }

            AddUse(row, clause);
        }

        private static void AddUse(OwnershipRow row, RowUseClause clause) => row.Uses = row.Uses.Add(clause);

        private string? ReadParameterName(string verb)
        {
            var name = Next();
            if (name is null || !SyntaxFacts.IsValidIdentifier(name))
            {
                Fail($"'{verb}' is followed by the name of a parameter");
                return null;
            }

            return name;
        }

        private void ReadSince(OwnershipRow row)
        {
            var framework = Next();
            if (row.Since is not null || framework is null || !IsFramework(framework))
            {
                Fail("'since' stands once and is followed by a target framework such as 'net8.0' or 'netstandard2.1'");
            }

            row.Since = framework;
        }

        private static bool IsFramework(string word)
        {
            if (!word.StartsWith("net", StringComparison.Ordinal))
            {
                return false;
            }

            var digits = false;
            foreach (var c in word)
            {
                digits |= c is >= '0' and <= '9';
                if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '.'))
                {
                    return false;
                }
            }

            return digits;
        }

        private void ReadKind()
        {
            var word = Next();
            var kind = word switch
            {
                "socket" => ResourceKind.Socket,
                "listener" => ResourceKind.Listener,
                "http" => ResourceKind.Http,
                "response" => ResourceKind.Response,
                "stream" => ResourceKind.Stream,
                "reader" => ResourceKind.Reader,
                "websocket" => ResourceKind.WebSocket,
                "process" => ResourceKind.Process,
                "database" => ResourceKind.Database,
                "writer" => ResourceKind.Writer,
                "exchange" => ResourceKind.Exchange,
                "other" => ResourceKind.Other,
                _ => ResourceKind.None,
            };
            if (kind == ResourceKind.None || _kind != ResourceKind.None)
            {
                Fail("'resource' stands once and is followed by socket, listener, http, response, stream, reader, websocket, process, database, writer, exchange or other");
            }

            _kind = kind;
            _hasTypeClause = true;
        }

        private void ReadReturns(OwnershipRow row)
        {
            if (row.Returns != ReturnEffect.Unstated)
            {
                Fail("'returns' stands twice");
                return;
            }

            row.Returns = Next() switch
            {
                "owned" => ReturnEffect.Owned,
                "view" => ReturnEffect.View,
                "self" => ReturnEffect.Self,
                "wrapper" => ReturnEffect.Wrapper,
                "borrowed" => ReturnEffect.Borrowed,
                "argument" => ReturnEffect.Argument,
                _ => ReturnEffect.Unstated,
            };
            switch (row.Returns)
            {
                case ReturnEffect.Unstated:
                    Fail("'returns' is followed by owned, view, self, wrapper, borrowed or argument");
                    return;
                case ReturnEffect.Owned:
                    row.ReturnsBody = Accept("body");
                    row.ReturnsDormant = !row.ReturnsBody && Accept("dormant");
                    break;
                case ReturnEffect.Argument:
                    row.ReturnsArgument = Next();
                    if (row.ReturnsArgument is null || !SyntaxFacts.IsValidIdentifier(row.ReturnsArgument))
                    {
                        Fail("'returns argument' is followed by the name of a parameter");
                        return;
                    }

                    AddParameterClause(row, new RowParameterClause(row.ReturnsArgument, ParameterEffect.Takes, condition: null));
                    return;
            }

            if (row.Returns is ReturnEffect.Owned or ReturnEffect.View)
            {
                row.ReturnsCondition = ReadCondition();
            }
        }

        private void ReadParameterClause(OwnershipRow row, ParameterEffect effect)
        {
            var parameter = Next();
            if (parameter is null || (parameter != RowParameterClause.Every && !SyntaxFacts.IsValidIdentifier(parameter)))
            {
                Fail(parameter is null ? "the name of a parameter is missing" : $"'{parameter}' is no name of a parameter");
                return;
            }

            RowCondition? condition = null;
            if (effect == ParameterEffect.Takes)
            {
                if (Accept("on"))
                {
                    effect = ParameterEffect.TakesOnTrue;
                    if (!Accept("true"))
                    {
                        Fail("'on' is followed by 'true'");
                        return;
                    }
                }

                condition = ReadCondition();
            }

            AddParameterClause(row, new RowParameterClause(parameter, effect, condition));
        }

        private void AddParameterClause(OwnershipRow row, RowParameterClause clause)
        {
            foreach (var other in row.Parameters)
            {
                if (other.Parameter == clause.Parameter)
                {
                    Fail($"two clauses speak of '{clause.Parameter}'");
                    return;
                }
            }

            row.Parameters = row.Parameters.Add(clause);
        }

        private RowCondition? ReadCondition()
        {
            var negated = Accept("unless");
            if (!negated && !Accept("if"))
            {
                return null;
            }

            var parameter = Next();
            if (parameter is null || !SyntaxFacts.IsValidIdentifier(parameter))
            {
                Fail($"'{(negated ? "unless" : "if")}' is followed by the name of a parameter");
                return null;
            }

            if (!Accept("="))
            {
                return new RowCondition(parameter, "true", negated);
            }

            var value = Next();
            if (value is null || !(value is "true" or "false" or "null" || int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) || SyntaxFacts.IsValidIdentifier(value)))
            {
                Fail($"'{parameter}=' is followed by true, false, null, an integer or a member of the parameter's enumeration");
                return null;
            }

            return new RowCondition(parameter, value, negated);
        }

        private OwnershipRow? Check(OwnershipRow row)
        {
            if (row.IsType)
            {
                if (_memory && _hasTypeClause)
                {
                    return Fail("'memory' and 'resource' contradict each other");
                }

                if ((_dormant || _abstraction) && !_hasTypeClause)
                {
                    return Fail("'dormant' and 'abstraction' stand beside 'resource'");
                }

                row.TypeFacts = new TypeFacts(_kind, _memory, _dormant, _abstraction, _membersThrow, _network);
                return row;
            }

            if (row.Returns == ReturnEffect.Wrapper && row.Parameters.IsEmpty)
            {
                return Fail("'returns wrapper' needs a 'takes' clause");
            }

            if (row.MemberName == "#ctor" && row.Returns is ReturnEffect.View or ReturnEffect.Self)
            {
                return Fail("a constructor returns a new object");
            }

            return row;
        }

        private void Set(ref bool flag, string verb)
        {
            if (flag)
            {
                Fail($"'{verb}' stands twice");
            }

            flag = true;
        }

        private bool FailFlag(string message)
        {
            Fail(message);
            return true;
        }

        private OwnershipRow? Fail(string message)
        {
            _problem ??= message;
            return null;
        }
    }
}
