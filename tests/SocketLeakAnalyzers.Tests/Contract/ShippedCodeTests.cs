using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>
/// What runs inside a user's compiler and IDE reaches nothing outside of them. Read off the metadata of the shipped assemblies: every type and member that their code
/// refers to is listed there.
/// </summary>
public sealed class ShippedCodeTests
{
    /// <summary>All of <c>System</c> that the shipped code may refer to, by namespace, or by type where only that type is harmless.</summary>
    private static readonly string[] s_allowed =
    [
        "System.Collections", "System.Composition", "System.Globalization", "System.Linq", "System.Text.StringBuilder",
        "System.Threading.CancellationToken", "System.Threading.Interlocked", "System.Threading.Tasks", "System.Threading.Volatile",
        "System.Runtime.CompilerServices", "System.Runtime.Versioning", "System.Diagnostics.DebuggableAttribute", "System.Diagnostics.DebuggerStepThroughAttribute",
        "System.Diagnostics.DebuggerBrowsable", "System.Diagnostics.DebuggerHiddenAttribute",
    ];

    /// <summary>The types of <c>System</c> itself that reach outside, or whose answers differ from run to run.</summary>
    private static readonly string[] s_forbidden =
    [
        "System.Activator", "System.AppContext", "System.AppDomain", "System.Console", "System.DateTime", "System.DateTimeOffset", "System.Environment", "System.GC", "System.Guid",
        "System.Random", "System.TimeZoneInfo", "System.Uri", "System.Delegate.DynamicInvoke",
    ];

    /// <summary>The reading of the embedded rows, and what a type of them is asked for.</summary>
    private static readonly string[] s_reflection =
    [
        "System.Reflection.Assembly.GetManifestResourceNames", "System.Reflection.Assembly.GetManifestResourceStream", "System.Type.get_Assembly", "System.Type.GetTypeFromHandle", "System.Reflection.MemberInfo.get_Name",
        "System.IO.Stream", "System.IDisposable.Dispose",

        // In the code that the compiler makes of an iterator.
        "System.Environment.get_CurrentManagedThreadId",
    ];

    public static TheoryData<string> Assemblies => new(typeof(ResourceAnalyzer).Assembly.Location, typeof(WrapInUsingCodeFixProvider).Assembly.Location);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Shipped_code_refers_to_nothing_outside_of_the_compiler(string path)
    {
        var references = References(path);

        Assert.NotEmpty(references);
        Assert.Equal("", string.Join(' ', references.Where(IsOutside)));
    }

    [Theory]
    [InlineData("System.IO.File.ReadAllText")]
    [InlineData("System.IO.FileStream..ctor")]
    [InlineData("System.Environment.GetEnvironmentVariable")]
    [InlineData("System.Diagnostics.Process.Start")]
    [InlineData("System.Net.Http.HttpClient..ctor")]
    [InlineData("System.Reflection.MethodBase.Invoke")]
    [InlineData("System.Text.RegularExpressions.Regex..ctor")]
    [InlineData("System.Threading.Thread.Start")]
    [InlineData("System.Threading.Timer..ctor")]
    [InlineData("System.Runtime.InteropServices.Marshal.AllocHGlobal")]
    [InlineData("System.Random..ctor")]
    [InlineData("System.DateTime.get_UtcNow")]
    public void Reach_outside_of_the_compiler_is_known_as_such(string member) => Assert.True(IsOutside(member));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Shipped_code_calls_no_native_code_and_has_no_module_initializer(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();

        Assert.Equal(0, metadata.GetTableRowCount(TableIndex.ImplMap));
        Assert.Empty(metadata.GetTypeDefinition(metadata.TypeDefinitions.First()).GetMethods());
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Static_fields_of_shipped_code_are_set_once(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        var mutable =
            from handle in metadata.FieldDefinitions
            let field = metadata.GetFieldDefinition(handle)
            let type = metadata.GetTypeDefinition(field.GetDeclaringType())
            where (field.Attributes & System.Reflection.FieldAttributes.Static) != 0
                && (field.Attributes & (System.Reflection.FieldAttributes.InitOnly | System.Reflection.FieldAttributes.Literal)) == 0
            let name = metadata.GetString(type.Name) + "." + metadata.GetString(field.Name)

            // What the compiler keeps of a lambda without captures.
            where !name.Contains('<')
            select name;

        Assert.Empty(mutable);
    }

    [Fact]
    public void Security_policy_says_what_holds()
    {
        var policy = Product.Read(".github/SECURITY.md").ReplaceLineEndings(" ");

        foreach (var promise in new[] { "opens no connection", "writes no file", "starts no process", "reads no environment variable", "runs no code of the project it analyses" })
        {
            Assert.Contains(promise, policy, StringComparison.Ordinal);
        }
    }

    private static bool IsOutside(string member)
    {
        if (!member.StartsWith("System.", StringComparison.Ordinal))
        {
            return member.StartsWith("Microsoft.Win32.", StringComparison.Ordinal) || member.StartsWith("Microsoft.VisualBasic.", StringComparison.Ordinal);
        }

        // An attribute is read by others; and see above.
        if (member.EndsWith("Attribute..ctor", StringComparison.Ordinal) || s_reflection.Any(allowed => Is(member, allowed)))
        {
            return false;
        }

        // A type of `System` itself: two dots, the type's and the member's.
        var isOfSystem = member.Split('.', StringSplitOptions.RemoveEmptyEntries).Length == 3;
        return isOfSystem ? s_forbidden.Any(forbidden => Is(member, forbidden)) || member.StartsWith("System.Type.", StringComparison.Ordinal) : !s_allowed.Any(allowed => Is(member, allowed) || member.StartsWith(allowed, StringComparison.Ordinal));
    }

    private static bool Is(string member, string name) => member == name || member.StartsWith(name + ".", StringComparison.Ordinal);

    /// <summary>The members of other assemblies, as <c>Namespace.Type.Member</c>.</summary>
    private static List<string> References(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Select(member => (Type: TypeOf(metadata, member.Parent), Name: metadata.GetString(member.Name)))
            .Where(member => member.Type is not null)
            .Select(member => member.Type + "." + member.Name)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }

    private static string? TypeOf(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                var reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
                return reference.ResolutionScope.Kind == HandleKind.TypeReference
                    ? TypeOf(metadata, reference.ResolutionScope) + "+" + metadata.GetString(reference.Name)
                    : metadata.GetString(reference.Namespace) + "." + metadata.GetString(reference.Name);
            case HandleKind.TypeSpecification:
                // A construction of a generic type: its definition follows the kind of the construction and of the type.
                var signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                return signature.ReadSignatureTypeCode() == SignatureTypeCode.GenericTypeInstance && signature.ReadByte() is 0x11 or 0x12 ? TypeOf(metadata, signature.ReadTypeHandle()) : null;
            default:
                return null;
        }
    }
}
