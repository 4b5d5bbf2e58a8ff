using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>Which overloads a row of a method speaks of.</summary>
internal enum OverloadSelection
{
    /// <summary>The one with this documentation-comment id.</summary>
    Exact,

    /// <summary><c>(*)</c>: every overload that has the parameters which the clauses name.</summary>
    All,

    /// <summary><c>(*path)</c>: as <see cref="All"/>, of the overloads with a parameter of that name.</summary>
    WithParameters,
}

/// <summary>A condition as written: a parameter's name and the text of its value.</summary>
internal sealed class RowCondition
{
    public RowCondition(string parameter, string value, bool negated)
    {
        Parameter = parameter;
        Value = value;
        Negated = negated;
    }

    public string Parameter { get; }

    public string Value { get; }

    public bool Negated { get; }
}

/// <summary>A clause on one parameter, as written.</summary>
internal sealed class RowParameterClause
{
    /// <summary>Stands for every parameter that no other clause of the row names.</summary>
    public const string Every = "*";

    public RowParameterClause(string parameter, ParameterEffect effect, RowCondition? condition)
    {
        Parameter = parameter;
        Effect = effect;
        Condition = condition;
    }

    public string Parameter { get; }

    public bool IsEvery => Parameter == Every;

    public ParameterEffect Effect { get; }

    public RowCondition? Condition { get; }
}

/// <summary>What a clause on the use of the network says.</summary>
internal enum RowUseKind
{
    /// <summary><c>reads</c>, <c>connects</c>…</summary>
    Use,

    /// <summary><c>bounds reads</c>…, <c>keeps alive</c>.</summary>
    Bound,

    /// <summary><c>waits</c>.</summary>
    Wait,

    /// <summary><c>races</c>.</summary>
    Race,

    /// <summary><c>runs P on thread</c>.</summary>
    Run,

    /// <summary><c>speaks datagrams</c>.</summary>
    Speak,

    /// <summary><c>peeks</c>.</summary>
    Peek,
}

/// <summary>A clause on the use of the network, as written.</summary>
internal sealed class RowUseClause
{
    public RowUseClause(RowUseKind kind) => Kind = kind;

    public RowUseKind Kind { get; }

    /// <summary>For <see cref="RowUseKind.Use"/>.</summary>
    public UseVerb Verb { get; set; }

    /// <summary>For <see cref="RowUseKind.Bound"/>.</summary>
    public BoundVerb Bound { get; set; }

    /// <summary>For <see cref="RowUseKind.Run"/>.</summary>
    public RunPlace Place { get; set; }

    /// <summary>For <see cref="RowUseKind.Speak"/>.</summary>
    public NetworkSort Sort { get; set; }

    /// <summary>The parameter that it is about; null: the receiver.</summary>
    public string? Parameter { get; set; }

    /// <summary>The parameter behind <c>within</c> or <c>by</c>.</summary>
    public string? Limit { get; set; }

    /// <summary><c>unless 0</c>.</summary>
    public bool IsZeroInfinite { get; set; }

    public RowCondition? Condition { get; set; }
}

/// <summary>One row of the ownership model, read but not yet looked up in a compilation. Not changed after the parser has made it.</summary>
internal sealed class OwnershipRow
{
    public OwnershipRow(string id, string typeName, string memberName, int arity, OverloadSelection overloads, ImmutableArray<string> overloadParameters)
    {
        Id = id;
        TypeName = typeName;
        MemberName = memberName;
        Arity = arity;
        Overloads = overloads;
        OverloadParameters = overloadParameters;
    }

    /// <summary>The identifier as written, <c>(*)</c> included.</summary>
    public string Id { get; }

    /// <summary>The type, or the type that contains the member, as documentation ids name it (no prefix; nested types after a dot).</summary>
    public string TypeName { get; }

    /// <summary>The member's name (<c>#ctor</c> for constructors), without its arity; empty for a row of a type.</summary>
    public string MemberName { get; }

    /// <summary>The number of type parameters that the id gives the method; -1: it gives none.</summary>
    public int Arity { get; }

    public OverloadSelection Overloads { get; }

    /// <summary>The names in <c>(*name,…)</c>.</summary>
    public ImmutableArray<string> OverloadParameters { get; }

    public bool IsType => MemberName.Length == 0;

    public bool IsProperty => Id[0] == 'P';

    /// <summary>The file that the row stands in; null for an embedded row.</summary>
    public string? Path { get; set; }

    /// <summary>Where the row stands in its file.</summary>
    public TextSpan Span { get; set; }

    public LinePositionSpan Lines { get; set; }

    /// <summary>For a row of a type: what it says, shared by every type that follows it.</summary>
    public TypeFacts TypeFacts { get; set; } = TypeFacts.None;

    public ReturnEffect Returns { get; set; }

    public RowCondition? ReturnsCondition { get; set; }

    /// <summary>The parameter in <c>returns argument P</c>.</summary>
    public string? ReturnsArgument { get; set; }

    public bool ReturnsBody { get; set; }

    public bool ReturnsDormant { get; set; }

    public ImmutableArray<RowParameterClause> Parameters { get; set; } = ImmutableArray<RowParameterClause>.Empty;

    public bool Releases { get; set; }

    public bool ReleasesOnThrow { get; set; }

    /// <summary>The release on throw holds for references to .NET Framework only.</summary>
    public bool ReleasesOnThrowIsForNetFramework { get; set; }

    public bool TakesReceiver { get; set; }

    public RowCondition? TakesReceiverCondition { get; set; }

    public bool Drains { get; set; }

    public bool Begins { get; set; }

    public bool? Throws { get; set; }

    public RowCondition? ThrowsCondition { get; set; }

    /// <summary>The clauses on the use of the network.</summary>
    public ImmutableArray<RowUseClause> Uses { get; set; } = ImmutableArray<RowUseClause>.Empty;

    /// <summary>
    /// Whether the row of a member speaks of ownership or exceptions at all: rows that only tell how a member uses the network say nothing there,
    /// and are passed over, as rows without such a clause are where that is asked.
    /// </summary>
    public bool SpeaksOfOwnership =>
        Returns != ReturnEffect.Unstated || !Parameters.IsEmpty || Releases || ReleasesOnThrow || TakesReceiver || Drains || Begins || Throws is not null;

    /// <summary>The first target framework that has the API; null: every one that the product knows.</summary>
    public string? Since { get; set; }
}
