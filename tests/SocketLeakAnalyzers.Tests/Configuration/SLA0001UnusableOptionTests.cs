using System.Linq;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Configuration;

public sealed class SLA0001UnusableOptionTests
{
    [Theory]
    [InlineData("socket_leak.exception_paths = everything", "socket_leak.exception_paths", "has the value 'everything', which is not none, credible or all; the default is used: credible")]
    [InlineData("socket_leak.exception_paths = none all", "socket_leak.exception_paths", "has the value 'none all', which is not none, credible or all; the default is used: credible")]
    [InlineData("socket_leak.default_timeout_seconds = soon", "socket_leak.default_timeout_seconds", "has the value 'soon', which is not a number of seconds from 0.001 to 2147483; the default is used: 100 for HttpClient.Timeout and 30 elsewhere")]
    [InlineData("socket_leak.additional_resource_types = A B", "socket_leak.additional_resource_types", "has the value 'A B', which is not full names of types (Ours.Net.Lease) or their documentation ids (T:Ours.Net.Lease), separated by ',' or '|'; the default is used: none")]
    [InlineData("socket_leak.exception_path = all", "socket_leak.exception_path", "(value 'all') does not exist and has no effect; did you mean 'socket_leak.exception_paths'? It takes none, credible or all, and its default is credible")]
    [InlineData("socket_leak.frobnicate_everything = 1", "socket_leak.frobnicate_everything", "(value '1') does not exist and has no effect; the options are socket_leak.exception_paths, socket_leak.additional_resource_types, socket_leak.excluded_resource_types, socket_leak.default_timeout_seconds")]
    public Task The_message_names_key_value_and_what_is_accepted(string line, string key, string explanation) => Verify<ConfigurationAnalyzer>.Reports(
        "class C { }",
        [Verify<ConfigurationAnalyzer>.Diagnostic("SLA0001").WithSpan("/0/Test0.cs", 1, 1, 1, 1).WithArguments(key, explanation)],
        editorconfig: line);

    [Theory]
    [InlineData("socket_leak.default_timeout_seconds = 0")]
    [InlineData("socket_leak.default_timeout_seconds = -5")]
    [InlineData("socket_leak.default_timeout_seconds = 1e3")]
    [InlineData("socket_leak.default_timeout_seconds = NaN")]
    [InlineData("socket_leak.default_timeout_seconds = Infinity")]
    [InlineData("socket_leak.default_timeout_seconds = 00:00:30")]
    [InlineData("socket_leak.default_timeout_seconds = 30s")]
    [InlineData("socket_leak.default_timeout_seconds = 2147484")]
    [InlineData("socket_leak.default_timeout_seconds = 0.00001")]
    [InlineData("socket_leak.default_timeout_seconds = 99999999999999999999999999999999999999999999")]
    [InlineData("socket_leak.additional_resource_types = Ours.Box<int>")]
    [InlineData("socket_leak.additional_resource_types = M:Ours.Lease.Use")]
    [InlineData("socket_leak.additional_resource_types = Ours..Lease")]
    [InlineData("socket_leak.excluded_resource_types = Ours.Lease, 1Lease")]
    [InlineData("socket_leak.excluded_resource_types = *")]
    [InlineData("socket_leak.excluded_resource_types = Box`0")]
    [InlineData("socket_leak.excluded_resource_types = Box`x")]
    [InlineData("socket_leak.exception_paths = {0} {1}")]
    [InlineData("socket_leak.excluded_types = A")]
    [InlineData("socket_leaks.exception_paths = all")]
    [InlineData("socketleak.exception_paths = all")]
    [InlineData("socket_leak_exception_paths = all")]
    [InlineData("socket-leak.exception_paths = all")]
    [InlineData("socket_leak.default_timeout = 30")]
    [InlineData("socket_leak.x =")]
    public Task A_line_that_does_nothing_is_reported(string line) => Verify<ConfigurationAnalyzer>.Reports("{|SLA0001:|}class C { }", editorconfig: line);

    [Theory]
    [InlineData("socket_leak.exception_paths = none")]
    [InlineData("socket_leak.exception_paths = CREDIBLE")]
    [InlineData("SOCKET_LEAK.Exception_Paths = all")]
    [InlineData("socket_leak.exception_paths = unset")]
    [InlineData("socket_leak.exception_paths =")]
    [InlineData("socket_leak.default_timeout_seconds = 30")]
    [InlineData("socket_leak.default_timeout_seconds = 0.5")]
    [InlineData("socket_leak.additional_resource_types = Ours.Lease, T:Ours.Box`1 | Ours.Outer+Inner")]
    [InlineData("socket_leak.excluded_resource_types = ,|,")]
    [InlineData("dotnet_diagnostic.SLA1001.severity = error")]
    [InlineData("sockets = 3")]
    [InlineData("build_property.SocketLeakAnalyzersMode = none")]
    [InlineData("my_socket_leak.exception_paths = x")]
    public Task A_line_that_is_understood_or_not_ours_is_not_reported(string line) => Verify<ConfigurationAnalyzer>.Silent("class C { }", editorconfig: line);

    [Fact]
    public Task Each_key_and_value_is_reported_once_in_the_first_file_for_which_it_holds() => new RuleTest<ConfigurationAnalyzer>
    {
        TestState =
        {
            Sources =
            {
                ("/0/z/Z.cs", "{|SLA0001:|}class Z { }"),
                ("/0/b/B.cs", "class B { }"),
                ("/0/a/B.cs", "class B2 { }"),
                ("/0/a/A.cs", "{|SLA0001:|}class A { }"),
            },
            AnalyzerConfigFiles =
            {
                ("/0/.editorconfig", "root = true\n[*.cs]\nsocket_leak.exception_paths = some\n"),
                ("/0/z/.editorconfig", "[*.cs]\nsocket_leak.exception_paths = others\n"),
            },
        },
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task A_generated_file_is_passed_over() => new RuleTest<ConfigurationAnalyzer>
    {
        TestState =
        {
            Sources =
            {
                ("/0/A.g.cs", "class A { }"),
                ("/0/B.cs", "// <auto-generated/>\nclass B { }"),
                ("/0/C.cs", "{|SLA0001:|}class C { }"),
                ("/0/D.cs", "class D { }"),
            },
            AnalyzerConfigFiles = { ("/0/.editorconfig", "root = true\n[*.cs]\nsocket_leak.exception_paths = some\n") },
        },
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Several_problems_are_several_diagnostics() => Verify<ConfigurationAnalyzer>.Reports(
        "{|SLA0001:{|SLA0001:{|SLA0001:|}|}|}class C { }",
        editorconfig: "socket_leak.exception_paths = some\nsocket_leak.exception_path = all\nsocket_leak.default_timeout_seconds = x");

    [Fact]
    public Task A_global_configuration_is_read_too() =>
        Verify<ConfigurationAnalyzer>.Reports("{|SLA0001:|}class C { }", globalconfig: "socket_leak.exception_paths = some");

    [Fact]
    public Task A_very_long_value_is_shortened_in_the_message() => Verify<ConfigurationAnalyzer>.Reports(
        "class C { }",
        [Verify<ConfigurationAnalyzer>.Diagnostic("SLA0001").WithSpan("/0/Test0.cs", 1, 1, 1, 1).WithArguments(
            "socket_leak.exception_paths",
            "has the value '" + new string('x', 80) + "…', which is not none, credible or all; the default is used: credible")],
        editorconfig: "socket_leak.exception_paths = " + new string('x', 30_000));

    [Fact]
    public Task A_very_long_list_is_not_taken() => Verify<ConfigurationAnalyzer>.Reports(
        "{|SLA0001:|}class C { }",
        editorconfig: "socket_leak.excluded_resource_types = " + string.Join(", ", Enumerable.Range(0, 1_100).Select(i => "A" + i)));

    [Fact]
    public Task A_severity_of_none_turns_it_off() => Verify<ConfigurationAnalyzer>.Silent(
        "class C { }",
        editorconfig: "socket_leak.exception_paths = some\ndotnet_diagnostic.SLA0001.severity = none");
}
