using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CodeFixes;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>The fixes know what the user's own rows and options say.</summary>
public class UserRowFixTests
{
    private const string Pool = """

        public class Lease : IDisposable { public void Dispose() { } public void GiveBack() { } public int Read() => 1; }
        public class Handle { public void Free() { } public void Use() => Console.WriteLine(File.ReadAllText("a")); }
        public class Session : IDisposable { private readonly object _o; public Session(Lease lease) { _o = lease; } public void Dispose() => GC.KeepAlive(_o); }

        public interface IPool
        {
            Lease Rent(int size);
            Handle Take();
            void Return(Handle handle);
            void Work();
        }
        """;

    private static readonly (string, string)[] s_rows =
    [
        ("SocketLeak.Ours.txt", """
            T:Lease: resource socket
            M:IPool.Rent(*): returns owned
            M:Lease.GiveBack: releases
            M:Session.#ctor(*lease): takes lease
            T:Handle: resource socket
            M:IPool.Take: returns owned
            M:IPool.Return(*): releases handle
            M:Handle.Free: releases
            M:IPool.Work: throws
            """),
    ];

    private static Task Fixes<TFix>(string before, string after, string signature = "public void M(IPool pool)", string members = "")
        where TFix : CodeFixProvider, new() =>
        Verify<ResourceAnalyzer, TFix>.Fixes(Verify.InMethod(before, signature, members) + Pool, Verify.InMethod(after, signature, members) + Pool, additionalFiles: s_rows);

    [Fact]
    public Task What_a_row_says_is_owned_gets_a_using() => Fixes<WrapInUsingCodeFixProvider>(
        "var lease = {|SLA1001:pool.Rent(1)|};\nConsole.WriteLine(lease.Read());",
        "using var lease = pool.Rent(1);\nConsole.WriteLine(lease.Read());");

    [Fact]
    public Task A_wrapper_that_a_row_says_takes_it_gets_the_using() => Fixes<WrapInUsingCodeFixProvider>(
        "var session = new Session({|SLA1001:pool.Rent(1)|});\nConsole.WriteLine(session);",
        "using var session = new Session(pool.Rent(1));\nConsole.WriteLine(session);");

    [Fact]
    public Task A_field_that_holds_what_a_row_says_is_owned_is_released_first() => Fixes<DisposeBeforeAssignCodeFixProvider>(
        "Lease? lease = null;\nfor (var i = 0; i < 3; i++)\n{\n    {|SLA1004:lease = pool.Rent(i)|};\n    if (lease.Read() > i)\n    {\n        break;\n    }\n}\n\nreturn lease;",
        "Lease? lease = null;\nfor (var i = 0; i < 3; i++)\n{\n    lease?.Dispose();\n    lease = pool.Rent(i);\n    if (lease.Read() > i)\n    {\n        break;\n    }\n}\n\nreturn lease;",
        "public Lease? M(IPool pool)");

    [Fact]
    public Task A_release_that_a_row_names_goes_into_a_finally() => Fixes<WrapInTryFinallyCodeFixProvider>(
        "var handle = {|SLA1002:pool.Take()|};\npool.Work();\nhandle.Free();",
        "var handle = pool.Take();\ntry\n{\n    pool.Work();\n}\nfinally\n{\n    handle.Free();\n}");

    [Fact]
    public Task A_helper_that_a_row_says_releases_its_argument_goes_into_a_finally() => Fixes<WrapInTryFinallyCodeFixProvider>(
        "var handle = {|SLA1002:pool.Take()|};\npool.Work();\npool.Return(handle);",
        "var handle = pool.Take();\ntry\n{\n    pool.Work();\n}\nfinally\n{\n    pool.Return(handle);\n}");

    [Fact]
    public Task What_throws_by_a_row_is_covered() => Fixes<DisposeBeforeAssignCodeFixProvider>(
        "var lease = pool.Rent(1);\npool.Work();\n{|SLA1004:lease = pool.Rent(2)|};\nreturn lease;",
        "var lease = pool.Rent(1);\ntry\n{\n    pool.Work();\n}\nfinally\n{\n    lease?.Dispose();\n}\nlease = pool.Rent(2);\nreturn lease;",
        "public Lease M(IPool pool)");

    [Fact]
    public Task A_type_that_an_option_adds_gets_a_using() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        Verify.InMethod("var lease = {|SLA1001:new Lease()|};\nConsole.WriteLine(lease.Read());", "public void M()") + Pool,
        Verify.InMethod("using var lease = new Lease();\nConsole.WriteLine(lease.Read());", "public void M()") + Pool,
        editorconfig: "[*.cs]\nsocket_leak.additional_resource_types = Lease\n");
}
