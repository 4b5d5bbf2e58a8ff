using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>Analyzers that are run and counted together, under one name.</summary>
/// <param name="Name">How the set is called in the output.</param>
/// <param name="Ids">The diagnostics that count; another one of the same analyzers is dropped.</param>
/// <param name="Analyzers">The analyzers.</param>
internal sealed record AnalyzerSet(string Name, ImmutableHashSet<string> Ids, ImmutableArray<DiagnosticAnalyzer> Analyzers)
{
    private static readonly Assembly s_fixes = Assembly.Load("SocketLeakAnalyzers.CodeFixes");

    /// <summary>All analyzers of the product.</summary>
    public static AnalyzerSet Ours { get; } = All("ours", [Assembly.Load("SocketLeakAnalyzers")]);

    /// <summary>Each analyzer of the product alone, and one that looks at every bound file and does nothing.</summary>
    public static ImmutableArray<AnalyzerSet> EachOfOurs =>
    [
        new("nothing", [], [new EmptySemanticModelAnalyzer()]),
        .. Ours.Analyzers.Select(analyzer => new AnalyzerSet(analyzer.GetType().Name, [.. analyzer.SupportedDiagnostics.Select(d => d.Id)], [analyzer])),
    ];

    /// <summary>All code fixes of the product.</summary>
    public static ImmutableArray<CodeFixProvider> OurFixes { get; } = [.. Instances<CodeFixProvider>(s_fixes)];

    /// <summary>The least that an analyzer can do with every body: the cost that is not the analyzers'.</summary>
    public static AnalyzerSet Floor { get; } = new("floor", [], [new EmptyOperationBlockAnalyzer()]);

    /// <summary>The floor of an analyzer that follows paths: it builds the control flow graph of every body, with those of its lambdas and local functions.</summary>
    public static AnalyzerSet Graphs { get; } = new("graphs", [], [new GraphBuildingAnalyzer()]);

    /// <summary>CA2000: dispose objects before losing scope.</summary>
    public static AnalyzerSet CA2000 => NetAnalyzers("CA2000");

    /// <summary>The three ownership rules of the SDK's own analyzers.</summary>
    public static AnalyzerSet DisposeRulesOfTheSdk => NetAnalyzers("CA2000", "CA2213", "CA1001");

    public static AnalyzerSet IDisposableAnalyzers => All("IDisposableAnalyzers", Load("Peer.IDisposableAnalyzers", "IDisposableAnalyzers.dll"));

    /// <summary>Sonar's S2930: IDisposables should be disposed.</summary>
    public static AnalyzerSet SonarS2930 => Offering("SonarAnalyzer S2930", Load("Peer.SonarAnalyzer", "SonarAnalyzer.CSharp.dll"), "S2930");

    public static AnalyzerSet Meziantou => All("Meziantou", Load("Peer.Meziantou", "Meziantou.Analyzer.dll"));

    /// <summary>What the SDK says of disposal and of tokens.</summary>
    public static AnalyzerSet RulesOfTheSdk => NetAnalyzers("CA2000", "CA2213", "CA1001", "CA2016");

    /// <summary>Sonar's rules on disposal and on tasks.</summary>
    public static AnalyzerSet Sonar => Offering("Sonar", Load("Peer.SonarAnalyzer", "SonarAnalyzer.CSharp.dll"), "S2930", "S2931", "S3168", "S4462", "S6966");

    /// <summary>Meziantou's rules on tokens, tasks and disposal.</summary>
    public static AnalyzerSet MeziantouOnTasks =>
        Offering("Meziantou", Load("Peer.Meziantou", "Meziantou.Analyzer.dll"), "MA0032", "MA0040", "MA0042", "MA0045", "MA0100", "MA0129", "MA0134", "MA0155");

    public static AnalyzerSet AsyncFixer => All("AsyncFixer", Load("Peer.AsyncFixer", "AsyncFixer.dll"));

    /// <summary>The threading analyzers of Visual Studio, without their rules on names and on the main thread.</summary>
    public static AnalyzerSet ThreadingAnalyzers => Offering(
        "VSTHRD",
        Load("Peer.ThreadingAnalyzers", "Microsoft.VisualStudio.Threading.Analyzers.dll", "Microsoft.VisualStudio.Threading.Analyzers.CSharp.dll"),
        "VSTHRD002", "VSTHRD003", "VSTHRD100", "VSTHRD101", "VSTHRD103", "VSTHRD104", "VSTHRD105", "VSTHRD107", "VSTHRD110", "VSTHRD114");

    /// <summary>Whatever their defaults are, the rules of these sets are on.</summary>
    public static ImmutableDictionary<string, ReportDiagnostic> Enable(params IEnumerable<AnalyzerSet> sets) =>
        sets.SelectMany(set => set.Ids).Distinct().ToImmutableDictionary(id => id, _ => ReportDiagnostic.Warn);

    private static AnalyzerSet NetAnalyzers(params string[] ids) =>
        Offering(string.Join('+', ids), Load("Peer.NetAnalyzers", "Microsoft.CodeAnalysis.NetAnalyzers.dll", "Microsoft.CodeAnalysis.CSharp.NetAnalyzers.dll"), ids);

    private static AnalyzerSet All(string name, IEnumerable<Assembly> assemblies)
    {
        var analyzers = assemblies.SelectMany(Instances<DiagnosticAnalyzer>).ToImmutableArray();
        return new(name, [.. analyzers.SelectMany(a => a.SupportedDiagnostics).Select(d => d.Id)], analyzers);
    }

    private static AnalyzerSet Offering(string name, IEnumerable<Assembly> assemblies, params string[] ids) =>
        new(name, [.. ids], [.. assemblies.SelectMany(Instances<DiagnosticAnalyzer>).Where(a => a.SupportedDiagnostics.Any(d => ids.Contains(d.Id)))]);

    private static IEnumerable<T> Instances<T>(Assembly assembly) => TypesOf(assembly)
        .Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type) && type.GetConstructor(Type.EmptyTypes) is not null && IsForCSharp(type))
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .Select(type => (T)Activator.CreateInstance(type)!);

    private static bool IsForCSharp(Type type) => type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not { } attribute || attribute.Languages.Contains(LanguageNames.CSharp);

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException some)
        {
            return some.Types.OfType<Type>();
        }
    }

    private static List<Assembly> Load(string location, params string[] files)
    {
        var folder = Locations.Get(location);
        var context = new PeerLoadContext(folder);
        return [.. files.Select(file => context.LoadFromAssemblyPath(Path.Combine(folder, file)))];
    }

    /// <summary>Gives a peer this process's Roslyn, and its own dependencies from beside it.</summary>
    private sealed class PeerLoadContext(string folder) : AssemblyLoadContext(isCollectible: false)
    {
        protected override Assembly? Load(AssemblyName name)
        {
            if (File.Exists(Path.Combine(AppContext.BaseDirectory, name.Name + ".dll")))
            {
                return null;
            }

            var beside = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(beside) ? LoadFromAssemblyPath(beside) : null;
        }
    }

#pragma warning disable RS1036, RS1038, RS1041, RS2008 // A measuring stick, never shipped.
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class EmptyOperationBlockAnalyzer : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_never = new("FLOOR", "Never reported", "Never reported", "Floor", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_never];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterOperationBlockAction(static _ => { });
        }
    }

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class EmptySemanticModelAnalyzer : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_never = new("NOTHING", "Never reported", "Never reported", "Floor", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_never];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSemanticModelAction(static _ => { });
        }
    }

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class GraphBuildingAnalyzer : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_never = new("GRAPHS", "Never reported", "Never reported", "Floor", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_never];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterOperationBlockAction(static body =>
            {
                foreach (var block in body.OperationBlocks)
                {
                    if (block is not IAttributeOperation)
                    {
                        Visit(body.GetControlFlowGraph(block), body.CancellationToken);
                    }
                }
            });
        }

        private static void Visit(ControlFlowGraph graph, CancellationToken cancellation)
        {
            foreach (var function in graph.LocalFunctions)
            {
                Visit(graph.GetLocalFunctionControlFlowGraph(function, cancellation), cancellation);
            }

            foreach (var block in graph.Blocks)
            {
                foreach (var operation in block.BranchValue is { } value ? block.Operations.Add(value) : block.Operations)
                {
                    foreach (var lambda in operation.DescendantsAndSelf().OfType<IFlowAnonymousFunctionOperation>())
                    {
                        Visit(graph.GetAnonymousFunctionControlFlowGraph(lambda, cancellation), cancellation);
                    }
                }
            }
        }
    }
#pragma warning restore RS1036, RS1038, RS1041, RS2008
}
