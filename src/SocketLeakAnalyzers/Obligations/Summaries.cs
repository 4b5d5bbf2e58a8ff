using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>A question about a method of the compilation that its callers ask.</summary>
internal enum SummaryAspect
{
    /// <summary>What becomes of its arguments.</summary>
    Arguments,

    /// <summary>What it returns.</summary>
    Result,

    /// <summary>What it leaves in its <c>out</c> and <c>ref</c> parameters.</summary>
    Outputs,

    /// <summary>What becomes of the resource that a field or property of its object holds: <see cref="SummaryKey.Member"/>.</summary>
    Member,

    /// <summary>What it can credibly throw itself.</summary>
    ThrownDirectly,

    /// <summary>What it, or a method that it calls, can credibly throw.</summary>
    ThrownByCallees,

    /// <summary>Of a type rather than a method: what it does with the resources in its fields.</summary>
    Ownership,
}

/// <summary>What a method leaves in an <c>out</c> or <c>ref</c> parameter when it returns.</summary>
internal enum OutputFate
{
    /// <summary>Not known, or nothing that the caller owns.</summary>
    Unknown,

    /// <summary>A fresh resource, which the caller owns.</summary>
    Fresh,

    /// <summary>The same, or null.</summary>
    FreshOrNull,

    /// <summary>A fresh resource if the method returns true; what it is otherwise is not the caller's to release.</summary>
    FreshOnTrue,
}

/// <summary>The facts of one method, so that callers need not look into it again.</summary>
internal sealed class MethodSummary
{
    public static readonly MethodSummary Unknown = new(ImmutableArray<CallFate>.Empty, AbstractValue.Unknown, ThrownSet.Nothing);

    /// <summary>Stands for one that has not been computed yet; it is asked for again.</summary>
    public static readonly MethodSummary Pending = new(ImmutableArray<CallFate>.Empty, AbstractValue.Unknown, ThrownSet.Nothing);

    private MethodSummary(ImmutableArray<CallFate> arguments, AbstractValue result, ThrownSet thrown, TypeOwnership? ownership = null, ImmutableArray<OutputFate> outputs = default, bool isIterator = false)
    {
        IsIterator = isIterator;
        Outputs = outputs.IsDefault ? ImmutableArray<OutputFate>.Empty : outputs;
        Ownership = ownership ?? TypeOwnership.Unknown;
        Arguments = arguments;
        Result = result;
        Thrown = thrown;
    }

    public static MethodSummary OfArguments(ImmutableArray<CallFate> fates) => new(fates, AbstractValue.Unknown, ThrownSet.Nothing);

    public static MethodSummary OfResult(AbstractValue result) => new(ImmutableArray<CallFate>.Empty, result, ThrownSet.Nothing);

    /// <param name="thrown">What its body throws.</param>
    /// <param name="isIterator">Whether the body runs while its caller goes over the result, and not at the call.</param>
    public static MethodSummary OfThrown(ThrownSet thrown, bool isIterator) => new(ImmutableArray<CallFate>.Empty, AbstractValue.Unknown, thrown, isIterator: isIterator);

    public static MethodSummary OfType(TypeOwnership ownership) => new(ImmutableArray<CallFate>.Empty, AbstractValue.Unknown, ThrownSet.Nothing, ownership);

    public static MethodSummary OfOutputs(ImmutableArray<OutputFate> outputs) => new(ImmutableArray<CallFate>.Empty, AbstractValue.Unknown, ThrownSet.Nothing, outputs: outputs);

    /// <summary>By ordinal; an ordinal beyond the end is unknown.</summary>
    public ImmutableArray<CallFate> Arguments { get; }

    /// <summary>By ordinal: what is left in the <c>out</c> and <c>ref</c> parameters.</summary>
    public ImmutableArray<OutputFate> Outputs { get; }

    /// <summary>The returned value, where fresh resources in it are marked as such.</summary>
    public AbstractValue Result { get; }

    /// <summary>What the body can throw.</summary>
    public ThrownSet Thrown { get; }

    /// <summary>Whether the body runs while its caller goes over the result, and not at the call; told where it is asked what is thrown.</summary>
    public bool IsIterator { get; }

    /// <summary>What a call can throw: that of an iterator runs nothing of its body.</summary>
    public ThrownSet ThrownByCall => IsIterator ? ThrownSet.Nothing : Thrown;

    /// <summary>What going over the result can throw, where the body is an iterator.</summary>
    public ThrownSet ThrownByNext => IsIterator ? Thrown : ThrownSet.Nothing;

    /// <summary>Of a type: what it does with the resources in its fields.</summary>
    public TypeOwnership Ownership { get; }

    /// <summary>What holds of two methods of which the one or the other runs.</summary>
    public MethodSummary Agreed(MethodSummary other)
    {
        if (ReferenceEquals(this, Pending) || ReferenceEquals(other, Pending))
        {
            return Pending;
        }

        var arguments = ImmutableArray.CreateBuilder<CallFate>();
        for (var i = 0; i < Arguments.Length && i < other.Arguments.Length; i++)
        {
            var isAgreed = Arguments[i].OnReturn == other.Arguments[i].OnReturn && Arguments[i].OnThrow == other.Arguments[i].OnThrow;
            arguments.Add(isAgreed ? Arguments[i] : CallFate.Unknown);
        }

        var outputs = ImmutableArray.CreateBuilder<OutputFate>();
        for (var i = 0; i < Outputs.Length && i < other.Outputs.Length; i++)
        {
            outputs.Add(Outputs[i] == other.Outputs[i] ? Outputs[i] : OutputFate.Unknown);
        }

        var thrown = Thrown.IsEmpty || other.Thrown.IsEmpty || IsIterator != other.IsIterator ? ThrownSet.Nothing : Thrown.With(other.Thrown);
        return new MethodSummary(arguments.ToImmutable(), AbstractValue.Join(Result, other.Result), thrown, outputs: outputs.ToImmutable(), isIterator: IsIterator && other.IsIterator);
    }

    public OutputFate Output(int ordinal) => ordinal >= 0 && ordinal < Outputs.Length ? Outputs[ordinal] : OutputFate.Unknown;

    public CallFate Argument(int ordinal) => ordinal >= 0 && ordinal < Arguments.Length ? Arguments[ordinal] : CallFate.Unknown;
}

/// <summary>
/// Summaries of the methods of one compilation: each is computed once, on demand, from the summaries of what it calls.
/// Methods that call themselves, directly or in a circle, have the unknown summary, whoever asks first; so the answers depend on the
/// code alone, not on the order in which threads ask. The work is done with an explicit stack: long chains of calls cost no native stack.
/// </summary>
internal sealed class SummaryStore
{
    private readonly ConcurrentDictionary<SummaryKey, MethodSummary> _known = new();
    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();

    // Several questions are asked about a method, one soon after the other; for all methods at once the graphs would be too many to keep.
    private readonly ConcurrentDictionary<IMethodSymbol, WeakReference<Body>> _bodies = new(SymbolEqualityComparer.Default);

    /// <summary>The summary, when it has been computed.</summary>
    public bool TryGet(SummaryKey key, out MethodSummary summary) => _known.TryGetValue(key, out summary!);

    /// <summary>Computes a summary and those that it rests on.</summary>
    public void Compute(SummaryKey root, ObligationContext context, CancellationToken cancellationToken)
    {
        var stack = new List<Frame> { new(root) };
        while (stack.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var frame = stack[stack.Count - 1];
            if (_known.ContainsKey(frame.Key))
            {
                stack.RemoveAt(stack.Count - 1);
                continue;
            }

            if (frame.Wanted.Count > 0)
            {
                var wanted = frame.Wanted.Dequeue();
                if (_known.ContainsKey(wanted))
                {
                    continue;
                }

                var start = stack.FindIndex(other => other.Key.Equals(wanted));
                if (start < 0)
                {
                    stack.Add(new Frame(wanted));
                    continue;
                }

                // A circle: nothing is claimed of any method on it.
                for (var i = start; i < stack.Count; i++)
                {
                    _known.TryAdd(stack[i].Key, MethodSummary.Unknown);
                }

                stack.RemoveRange(start, stack.Count - start);
                continue;
            }

            var session = new SummarySession(this, context);
            var summary = ++frame.Attempts > SummarySession.MaxAttempts || frame.Work > SummarySession.MaxWork
                ? MethodSummary.Unknown
                : MethodSummarizer.Summarize(frame.Key, context, session, cancellationToken);
            frame.Work += session.Work;
            if (session.Missing.Count == 0)
            {
                _known.TryAdd(frame.Key, summary);
                stack.RemoveAt(stack.Count - 1);
                continue;
            }

            foreach (var missing in session.Missing)
            {
                frame.Wanted.Enqueue(missing);
            }
        }
    }

    /// <summary>The graph of a method of the compilation, in whatever tree; null when it has no body that can be read.</summary>
    public Body? BodyOf(IMethodSymbol method, Compilation compilation, CancellationToken cancellationToken)
    {
        var definition = method.OriginalDefinition;
        if (_bodies.TryGetValue(definition, out var kept) && kept.TryGetTarget(out var known))
        {
            return known;
        }

        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax(cancellationToken);
            var declaration = syntax switch
            {
                BaseMethodDeclarationSyntax or AccessorDeclarationSyntax => syntax,
                ArrowExpressionClauseSyntax => syntax,
                _ => null,
            };
            if (declaration is null)
            {
                continue;
            }

            if (ModelOf(syntax.SyntaxTree, compilation).GetOperation(declaration, cancellationToken) is { } root
                && Body.Create(method, root, cancellationToken) is { } body)
            {
                _bodies[definition] = new WeakReference<Body>(body);
                return body;
            }
        }

        return null;
    }

    /// <summary>
    /// The one place that asks for another tree's semantic model: a summary is of a method or type that may stand in another file.
    /// It is asked for once per tree, and only for methods that a tracked resource is given to or comes from, and for types that
    /// may hold one.
    /// </summary>
    public SemanticModel ModelOf(SyntaxTree tree, Compilation compilation)
    {
#pragma warning disable RS1030
        return _models.GetOrAdd(tree, other => compilation.GetSemanticModel(other));
#pragma warning restore RS1030
    }

    private sealed class Frame
    {
        public Frame(SummaryKey key) => Key = key;

        public SummaryKey Key { get; }

        public Queue<SummaryKey> Wanted { get; } = new();

        public int Attempts { get; set; }

        public int Work { get; set; }
    }
}

/// <summary>Names a summary: the definition of a method or type and what is asked of it.</summary>
internal sealed class SummaryKey : System.IEquatable<SummaryKey>
{
    public SummaryKey(IMethodSymbol method, SummaryAspect aspect, ISymbol? member = null, ConstantArguments constants = default)
    {
        Constants = constants;
        Symbol = method.OriginalDefinition;
        Aspect = aspect;
        Member = member?.OriginalDefinition;
    }

    public SummaryKey(INamedTypeSymbol type)
    {
        Symbol = type.OriginalDefinition;
        Aspect = SummaryAspect.Ownership;
        Member = null;
        Constants = default;
    }

    public ISymbol Symbol { get; }

    public IMethodSymbol Method => (IMethodSymbol)Symbol;

    public SummaryAspect Aspect { get; }

    /// <summary>For <see cref="SummaryAspect.Member"/>: the field or auto-property.</summary>
    public ISymbol? Member { get; }

    /// <summary>The flags that the method is given; none: whatever they are.</summary>
    public ConstantArguments Constants { get; }

    public bool Equals(SummaryKey? other) =>
        other is not null
        && Aspect == other.Aspect
        && Constants.Equals(other.Constants)
        && SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol)
        && SymbolEqualityComparer.Default.Equals(Member, other.Member);

    public override bool Equals(object? obj) => Equals(obj as SummaryKey);

    public override int GetHashCode() => ((SymbolEqualityComparer.Default.GetHashCode(Symbol) * 8) + (int)Aspect) * 31 + Constants.GetHashCode();
}

/// <summary>
/// The summaries as one analysis sees them. One that is not there yet reads as unknown and is noted as missing; the analysis is
/// run again when it has been computed.
/// </summary>
internal sealed class SummarySession
{
    /// <summary>
    /// A run can find calls only after those before it are understood. How many rounds that takes depends on what others have asked for before, and the
    /// answer must not: so many are enough for any body that somebody wrote.
    /// </summary>
    public const int MaxAttempts = 256;

    /// <summary>Plain block visits for all rounds of one body: those that use up what one round may are few.</summary>
    public const int MaxWork = 600_000;

    private readonly SummaryStore _store;
    private readonly ObligationContext _context;
    private readonly List<SummaryKey> _missing = new();

    public SummarySession(SummaryStore store, ObligationContext context)
    {
        _store = store;
        _context = context;
    }

    public IReadOnlyList<SummaryKey> Missing => _missing;

    /// <summary>Plain block visits so far.</summary>
    public int Work { get; set; }

    public MethodSummary Get(IMethodSymbol method, SummaryAspect aspect, ISymbol? member = null, ConstantArguments constants = default) =>
        Get(new SummaryKey(method, aspect, member, constants));

    /// <summary>What a type of the compilation does with the resources in its fields; unknown for any other type.</summary>
    public TypeOwnership OwnershipOf(INamedTypeSymbol type) =>
        _context.OwningTypes.HasCode(type) ? Get(new SummaryKey(type)).Ownership : TypeOwnership.Unknown;

    private MethodSummary Get(SummaryKey key)
    {
        if (_store.TryGet(key, out var summary))
        {
            return summary;
        }

        if (!_missing.Contains(key))
        {
            _missing.Add(key);
        }

        return MethodSummary.Pending;
    }

    /// <summary>Computes what was missing.</summary>
    /// <returns>False when nothing was: the answers given so far are final.</returns>
    public bool Fill(CancellationToken cancellationToken)
    {
        if (_missing.Count == 0)
        {
            return false;
        }

        foreach (var key in _missing)
        {
            _store.Compute(key, _context, cancellationToken);
        }

        _missing.Clear();
        return true;
    }
}
