using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>What a type is said to do with its fields, asked without a rule.</summary>
public sealed class TypeOwnershipTests
{
    private const string Usings = "using System; using System.IO; using System.Net.Sockets; using System.Threading; using System.Threading.Tasks;\n";

    private static async Task<CSharpCompilation> CompileAsync(string code)
    {
        var references = await TargetFrameworks.Net100.ResolveAsync(LanguageNames.CSharp, TestContext.Current.CancellationToken);
        return CSharpCompilation.Create("t", [CSharpSyntaxTree.ParseText(Usings + code, cancellationToken: TestContext.Current.CancellationToken)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
    }

    private static ObligationContext Context(Compilation compilation) =>
        new(compilation, OwnershipModel.Create(compilation, ImmutableArray<OwnershipRow>.Empty), new KnownTypes(compilation));

    private static async Task<(INamedTypeSymbol Type, TypeOwnership Ownership)> ReadAsync(string code, string name = "C")
    {
        var compilation = await CompileAsync(code);
        var type = compilation.GetTypeByMetadataName(name)!;
        return (type, Context(compilation).OwningTypes.Get(type, CancellationToken.None));
    }

    private static IMethodSymbol Method(INamedTypeSymbol type, string name) => type.GetMembers(name).OfType<IMethodSymbol>().First();

    [Fact]
    public async Task A_method_that_calls_the_one_that_releases_releases_the_same_fields()
    {
        var (type, ownership) = await ReadAsync(
            "class C { readonly TcpClient _a = new(); readonly TcpClient _b = new(); public void Stop() { StopA(); } void StopA() { _a.Close(); } public void Dispose() { StopA(); _b.Dispose(); } public void Read() { _a.Connect(\"h\", 1); } }");

        Assert.Equal("_a", string.Join(",", ownership.ReleasedBy(Method(type, "Stop")).Select(symbol => symbol.Name)));
        Assert.Equal("_a,_b", string.Join(",", ownership.ReleasedBy(Method(type, "Dispose")).Select(symbol => symbol.Name)));
        Assert.Empty(ownership.ReleasedBy(Method(type, "Read")));
        Assert.Equal(OwnerEffect.Releases, ownership.EffectOf(Method(type, "Stop")));
        Assert.Equal(OwnerEffect.None, ownership.EffectOf(Method(type, "Read")));
        Assert.True(ownership.Releases(type.GetMembers("_b").Single()));
    }

    [Fact]
    public async Task A_method_that_starts_the_work_that_releases_releases()
    {
        var (type, ownership) = await ReadAsync("class C { readonly TcpClient _a = new(); public void Start() { Task.Run(Loop); } void Loop() { try { _a.GetStream().ReadByte(); } finally { _a.Dispose(); } } }");

        Assert.Equal(OwnerEffect.Releases, ownership.EffectOf(Method(type, "Start")));
    }

    [Fact]
    public async Task A_parameter_that_is_stored_and_released_is_taken_and_one_that_is_only_stored_is_kept()
    {
        var (type, ownership) = await ReadAsync("class C : IDisposable { readonly Stream _a; readonly Stream _b; readonly Stream _c; public C(Stream a, Stream b, Stream c) { _a = a; _b = b; _c = c; } public void Dispose() { _a.Dispose(); } public Stream Take() => _c; }");

        var parameters = type.InstanceConstructors.Single().Parameters;
        Assert.True(ownership.Takes(parameters[0]));
        Assert.False(ownership.Keeps(parameters[0]));
        Assert.False(ownership.Takes(parameters[1]));
        Assert.True(ownership.Keeps(parameters[1]));
        Assert.False(ownership.Takes(parameters[2]));
        Assert.False(ownership.Keeps(parameters[2]));
    }

    [Fact]
    public async Task A_parameter_of_a_primary_constructor_that_is_released_is_taken()
    {
        var (type, ownership) = await ReadAsync("class C(Stream a, Stream b) : IDisposable { public int Next() => a.ReadByte() + b.ReadByte(); public void Dispose() => a.Dispose(); }");

        var parameters = type.InstanceConstructors.Single().Parameters;
        Assert.True(ownership.Takes(parameters[0]));
        Assert.False(ownership.Takes(parameters[1]));
    }

    [Fact]
    public async Task Only_the_constructors_that_acquire_make_an_owner()
    {
        var (type, ownership) = await ReadAsync("class C : IDisposable { readonly TcpClient _c; public C() : this(\"h\") { } public C(string host) { _c = new TcpClient(host, 1); } public C(TcpClient c) { _c = c; } public void Dispose() => _c.Dispose(); }");

        Assert.Equal("True,True,False", string.Join(",", type.InstanceConstructors.Select(ownership.OwnsFromConstruction)));
    }

    [Fact]
    public async Task A_generated_type_of_many_members_is_unknown()
    {
        var (_, ownership) = await ReadAsync("class C { readonly TcpClient _c = new(); " + string.Concat(Enumerable.Range(0, 600).Select(i => $"void M{i}() {{ _c.Connect(\"h\", {i}); }} ")) + "}");

        Assert.False(ownership.IsKnown);
    }

    [Fact]
    public async Task An_expression_of_any_depth_costs_no_stack()
    {
        var (_, ownership) = await ReadAsync("class C { readonly TcpClient _c = new(); int M(int a) => " + string.Join(" + ", Enumerable.Repeat("a", 3000)) + "; }");

        Assert.False(ownership.IsKnown);
    }

    [Fact]
    public async Task The_answers_do_not_depend_on_who_asks_first()
    {
        var compilation = await CompileAsync(
            """
            sealed class A : IDisposable { readonly B _b = new B(); readonly TcpClient _c = new(); public void Go() { _b.Go(); } public void Dispose() { _b.Stop(); _c.Dispose(); } }
            sealed class B : IDisposable { A _a; readonly TcpClient _c = new(); public B() { } public B(A a) { _a = a; } public void Make() { _a = new A(); _a.Go(); } public void Go() { } public void Stop() { _c.Close(); } public void Dispose() { Stop(); _a?.Dispose(); } }
            sealed class D : IDisposable { readonly B _b = new B(); readonly UdpClient _u = Open(); static UdpClient Open() => new UdpClient(0); public void Dispose() { _b.Dispose(); Helpers.Close(_u); } }
            static class Helpers { public static void Close(IDisposable d) { d?.Dispose(); } public static void Hold(D d) { d.Dispose(); } }
            sealed class E : IDisposable { readonly D _d = new D(); public void Dispose() => Helpers.Hold(_d); }
            """);
        var types = new[] { "A", "B", "D", "E" }.Select(name => compilation.GetTypeByMetadataName(name)!).ToArray();
        var answers = new HashSet<string>();
        foreach (var order in Permutations(types))
        {
            var context = Context(compilation);
            foreach (var type in order)
            {
                context.OwningTypes.Get(type, CancellationToken.None);
            }

            answers.Add(Describe(context, types));
        }

        for (var i = 0; i < 20; i++)
        {
            var context = Context(compilation);
            Parallel.ForEach(types.Reverse(), type => context.OwningTypes.Get(type, CancellationToken.None));
            answers.Add(Describe(context, types));
        }

        Assert.Single(answers);
    }

    [Fact]
    public async Task Reading_a_type_is_cancelled()
    {
        var compilation = await CompileAsync("class C { readonly TcpClient _c = new(); }");
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        Assert.ThrowsAny<OperationCanceledException>(() => Context(compilation).OwningTypes.Get(compilation.GetTypeByMetadataName("C")!, source.Token));
    }

    private static string Describe(ObligationContext context, INamedTypeSymbol[] types) => string.Join(
        "; ",
        types.Select(type =>
        {
            var ownership = context.OwningTypes.Get(type, CancellationToken.None);
            return type.Name + " " + ownership.IsKnown
                + string.Concat(ownership.Held.Select(held => $" {held.Symbol.Name}:{held.Acquisitions.Length}{held.IsReleased}{held.Escapes}"))
                + string.Concat(type.InstanceConstructors.Select(constructor => " " + ownership.OwnsFromConstruction(constructor)))
                + string.Concat(type.GetMembers().OfType<IMethodSymbol>().Select(method => " " + method.Name + ownership.EffectOf(method)));
        }));

    private static IEnumerable<T[]> Permutations<T>(T[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany((item, index) => Permutations(items.Where((_, other) => other != index).ToArray()).Select(rest => (T[])[item, .. rest]));
}
