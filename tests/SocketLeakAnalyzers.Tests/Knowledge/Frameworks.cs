using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Testing;

namespace SocketLeakAnalyzers.Tests.Knowledge;

/// <summary>Compilations over the reference assemblies that the ownership rows are held against.</summary>
internal static class Frameworks
{
    public static Task<CSharpCompilation> Net100(string source = "") => Compile(TargetFrameworks.Net100, source);

    public static Task<CSharpCompilation> Net80(string source = "") => Compile(TargetFrameworks.Net80, source);

    public static Task<CSharpCompilation> NetStandard20(string source = "") => Compile(TargetFrameworks.NetStandard20, source);

    public static Task<CSharpCompilation> Net472(string source = "") => Compile(TargetFrameworks.Net472, source);

    private static async Task<CSharpCompilation> Compile(ReferenceAssemblies framework, string source) => CSharpCompilation.Create(
        "Code",
        [CSharpSyntaxTree.ParseText(source)],
        await framework.ResolveAsync(LanguageNames.CSharp, CancellationToken.None),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
}

internal static class CompilationExtensions
{
    /// <summary>The compilation as a package would be referenced.</summary>
    public static MetadataReference EmitToImageReference(this Compilation compilation)
    {
        using var image = new System.IO.MemoryStream();
        var emitted = compilation.Emit(image);
        Xunit.Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
