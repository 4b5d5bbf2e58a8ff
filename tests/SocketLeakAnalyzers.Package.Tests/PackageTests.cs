using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using System.Xml.Linq;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

public sealed class PackageTests(PackedProduct product)
{
    [Fact]
    public void Package_holds_the_listed_files_and_no_other()
    {
        using var listed = new StreamReader(typeof(PackageTests).Assembly.GetManifestResourceStream("PackageContents.txt")!);
        using var package = ZipFile.OpenRead(product.PackageFile);

        Assert.Equal(
            listed.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            package.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Package_is_a_development_dependency_without_dependencies()
    {
        var metadata = Metadata();

        Assert.Equal("true", Value(metadata, "developmentDependency"));
        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName is "dependency" or "group" or "frameworkReference");
    }

    [Fact]
    public void Package_says_what_it_is_and_where_it_comes_from()
    {
        var metadata = Metadata();
        var properties = XDocument.Load(Path.Combine(PackedProduct.RepositoryRoot, "Directory.Build.props"));
        var url = properties.Descendants("RepositoryUrl").Single().Value;
        var repository = metadata.Elements().Single(element => element.Name.LocalName == "repository");

        Assert.Equal("SocketLeakAnalyzers", Value(metadata, "id"));
        Assert.Equal(product.Version, Value(metadata, "version"));
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal(url, (string?)repository.Attribute("url"));
        Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
        Assert.Null(repository.Attribute("branch"));
        Assert.Equal(
            File.ReadAllText(Path.Combine(PackedProduct.RepositoryRoot, "src/SocketLeakAnalyzers.Package/ReleaseNotes.txt")).ReplaceLineEndings("\n").Trim(),
            Value(metadata, "releaseNotes").ReplaceLineEndings("\n").Trim());
    }

    [Fact]
    public void Version_is_one_of_semantic_versioning()
    {
        var properties = XDocument.Load(Path.Combine(PackedProduct.RepositoryRoot, "Directory.Build.props"));

        Assert.Matches(new Regex(@"^\d+\.\d+\.\d+$"), properties.Descendants("VersionPrefix").Single().Value);
    }

    [Fact]
    public async Task Same_commit_packed_elsewhere_is_the_same_bytes()
    {
        var again = await product.PackAgainElsewhere();

        Assert.Equal(Hash(product.PackageFile), Hash(again));

        static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
    }

    [Fact]
    public void Files_of_the_package_carry_the_date_of_the_commit()
    {
        using var package = ZipFile.OpenRead(product.PackageFile);

        Assert.All(package.Entries, entry => Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 6), entry.LastWriteTime.DateTime));
    }

    private static string Value(XElement metadata, string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private XElement Metadata()
    {
        using var package = ZipFile.OpenRead(product.PackageFile);
        using var specification = package.GetEntry("SocketLeakAnalyzers.nuspec")!.Open();
        return XDocument.Load(specification).Root!.Elements().Single();
    }
}
