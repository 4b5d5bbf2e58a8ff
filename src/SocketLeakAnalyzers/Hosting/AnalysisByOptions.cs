using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Configuration;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>
/// The analysis for each file of a compilation. Files whose options mean the same share one, with its model and its summaries; a method's summary
/// is made with the options of the file that asks for it.
/// </summary>
internal sealed class AnalysisByOptions
{
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<AnalyzerOptions, AnalysisByOptions>> s_shared = new();

    private readonly Compilation _compilation;
    private readonly KnownTypes _known;
    private readonly ImmutableArray<OwnershipRow> _userRows;
    private readonly ConcurrentDictionary<SyntaxTree, BodyAnalysis> _byTree = new();
    private readonly ConcurrentDictionary<OptionTexts, AnalysisOptions> _byTexts = new();
    private readonly ConcurrentDictionary<AnalysisOptions, BodyAnalysis> _byOptions = new();

    private AnalysisByOptions(Compilation compilation, AnalyzerOptions options, CancellationToken cancellationToken)
    {
        _compilation = compilation;
        _known = new KnownTypes(_compilation);
        _userRows = UserRows.Read(options, cancellationToken);
    }

    /// <summary>
    /// The analyses of a compilation, one for all analyzers: what one of them has found out of a method or type, no other finds out again. They live as
    /// long as the compilation.
    /// </summary>
    public static AnalysisByOptions Of(Compilation compilation, AnalyzerOptions options, CancellationToken cancellationToken) =>
        s_shared.GetOrCreateValue(compilation).GetOrAdd(options, texts => new AnalysisByOptions(compilation, texts, cancellationToken));

    public BodyAnalysis For(SyntaxTree tree, AnalyzerOptions options)
    {
        if (_byTree.TryGetValue(tree, out var analysis))
        {
            return analysis;
        }

        var texts = OptionTexts.Of(options.AnalyzerConfigOptionsProvider.GetOptions(tree));
        var meaning = _byTexts.GetOrAdd(texts, static texts => OptionReader.Read(texts).ForAnalysis());
        return _byTree.GetOrAdd(tree, _byOptions.GetOrAdd(meaning, Make));
    }

    private BodyAnalysis Make(AnalysisOptions options)
    {
        var model = OwnershipModel.Create(_compilation, _userRows, options.AdditionalTypes, options.ExcludedTypes);
        return new BodyAnalysis(new ObligationContext(_compilation, model, _known, options.ExceptionPaths, isFiltered: true));
    }
}
