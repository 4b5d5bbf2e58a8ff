using System.Linq;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Tests.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

public sealed class SymbolWordsTests
{
    [Theory]
    [InlineData("class C { public int P { get; set; } }", true)]
    [InlineData("class C { public static int P { get; } }", true)]
    [InlineData("class C<T> { public T P { get; init; } }", true)]
    [InlineData("record C(int P);", true)]
    [InlineData("interface I { int P { get; } } class C : I { int I.P { get; } = 1; }", true)]
    [InlineData("namespace N { interface I<T> { T P { get; } } } class C : N.I<int> { int N.I<int>.P { get; } = 1; }", true)]
    [InlineData("class C { int _p; public int P { get => _p; set => _p = value; } }", false)]
    [InlineData("class C { public int P => 1; }", false)]
    public void A_property_that_the_compiler_stores_is_told_from_one_with_code(string code, bool isAuto)
    {
        var compilation = Subject.Compile(code);
        var property = compilation.GetTypeByMetadataName("C")?.GetMembers().OfType<IPropertySymbol>() ?? compilation.GetTypeByMetadataName("C`1")!.GetMembers().OfType<IPropertySymbol>();

        Assert.Equal(isAuto, SymbolWords.IsAutoProperty(property.Single(member => member.Name.EndsWith('P'))));
    }
}
