using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Which exceptions make a path that counts.</summary>
internal enum ExceptionPaths
{
    /// <summary>None: only returns and the body's end.</summary>
    None,

    /// <summary>Those that network and file operations, awaits and explicit throws really throw.</summary>
    Credible,

    /// <summary>Any call and any construction may throw.</summary>
    All,
}

/// <summary>What every body of one compilation is analysed with.</summary>
internal sealed class ObligationContext
{
    private readonly Lazy<bool> _isTestAssembly;
    private readonly bool _isFiltered;
    private BodyFilter? _filter;
    private JoinedNames? _names;

    public ObligationContext(Compilation compilation, OwnershipModel model, KnownTypes known, ExceptionPaths exceptionPaths = ExceptionPaths.Credible, bool isFiltered = false)
    {
        _isFiltered = isFiltered;
        Compilation = compilation;
        Model = model;
        Known = known;
        ExceptionPaths = exceptionPaths;
        OwningTypes = new OwningTypes(this);
        Implementations = new Implementations(this);
        ConstructorFlags = new ConstructorFlags(this);
        _isTestAssembly = new Lazy<bool>(() => TestCode.IsTestAssembly(compilation));
    }

    public Compilation Compilation { get; }

    /// <summary>Tells by names what can have to do with a resource; null: anything can.</summary>
    public BodyFilter? Filter => FilterFor(CancellationToken.None);

    /// <summary>The same, for one who can be told to stop: the first who asks has all files read, so whoever comes to need it asks ahead.</summary>
    public BodyFilter? FilterFor(CancellationToken cancellationToken) => _isFiltered ? _filter ??= new BodyFilter(NamesFor(cancellationToken), Model) : null;

    /// <summary>What all files declare, by name; the first who asks has all files read.</summary>
    public JoinedNames NamesFor(CancellationToken cancellationToken) => _names ??= JoinedNames.Of(Compilation, cancellationToken);

    public OwnershipModel Model { get; }

    public KnownTypes Known { get; }

    public ExceptionPaths ExceptionPaths { get; }

    /// <summary>Whether the compilation references a test framework.</summary>
    public bool IsTestAssembly => _isTestAssembly.Value;

    public SummaryStore Summaries { get; } = new();

    /// <summary>Whether the symbol is declared in this compilation's own source; a referenced project's is as closed as a package's.</summary>
    public bool HasCode(ISymbol symbol) =>
        !symbol.DeclaringSyntaxReferences.IsEmpty && SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, Compilation.Assembly);

    public OwningTypes OwningTypes { get; }

    public Implementations Implementations { get; }

    public ConstructorFlags ConstructorFlags { get; }
}
