using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Knowledge;

/// <summary>
/// Holds every embedded row against real reference assemblies: .NET 10 and 8 with ASP.NET Core, and .NET Standard 2.0. A row
/// without <c>since</c> is in all of them, a row with it is missing before that target framework.
/// </summary>
public class EmbeddedRowTests
{
    /// <summary>Rows of packages that .NET does not bring: only their grammar is checked.</summary>
    private const string ThirdParty = "SocketLeak.packages.txt";

    /// <summary>What comes with .NET, and as a package to older target frameworks, where it is not checked.</summary>
    private static readonly ImmutableHashSet<string> s_notInNetStandard = ImmutableHashSet.Create(
        "SocketLeak.aspnetcore.txt", "SocketLeak.extensions.txt", "SocketLeak.immutable.txt", "SocketLeak.json.txt", "SocketLeak.pipelines.txt", "SocketLeak.quic.txt", "SocketLeak.tar.txt");

    public static TheoryData<string> FileNames => new(EmbeddedModels.FileNames);

    public static TheoryData<string> FilesOfDotnet => new(EmbeddedModels.FileNames.Remove(ThirdParty));

    public static TheoryData<string> FilesOfNetStandard => new(EmbeddedModels.FileNames.Remove(ThirdParty).RemoveAll(s_notInNetStandard.Contains));

    [Theory]
    [MemberData(nameof(FileNames))]
    public void Every_embedded_row_is_well_formed(string fileName)
    {
        var read = EmbeddedModels.Read(fileName);

        AssertNone(read.Errors.Select(error => $"{fileName}({error.Lines.Start.Line + 1}): {error.Message}"));
        Assert.NotEmpty(read.Rows);
    }

    [Fact]
    public void No_two_files_have_a_row_for_the_same_id()
    {
        var repeated = EmbeddedModels.Rows.GroupBy(row => row.Id).Where(group => group.Count() > 1).Select(group => group.Key);

        AssertNone(repeated);
    }

    [Theory]
    [MemberData(nameof(FilesOfDotnet))]
    public async Task Every_embedded_row_names_symbols_of_the_newest_dotnet(string fileName)
    {
        var compilation = await Frameworks.Net100();

        AssertNone(EmbeddedModels.Read(fileName).Rows.SelectMany(row => Problems(row, compilation)));
    }

    [Theory]
    [MemberData(nameof(FilesOfDotnet))]
    public async Task Since_says_what_dotnet_8_lacks(string fileName)
    {
        var compilation = await Frameworks.Net80();

        AssertNone(EmbeddedModels.Read(fileName).Rows.SelectMany(row => row.Since is "net9.0" or "net10.0" ? Superfluous(row, compilation) : Problems(row, compilation, isOlder: true)));
    }

    [Theory]
    [MemberData(nameof(FilesOfNetStandard))]
    public async Task Since_says_what_netstandard_lacks(string fileName)
    {
        var compilation = await Frameworks.NetStandard20();

        AssertNone(EmbeddedModels.Read(fileName).Rows.SelectMany(row => row.Since is null ? Problems(row, compilation, isOlder: true) : Superfluous(row, compilation)));
    }

    [Fact]
    public async Task Every_type_that_rows_return_as_owned_or_take_as_a_wrapper_is_a_resource()
    {
        var compilation = await Frameworks.Net100();
        var safeHandle = compilation.GetTypeByMetadataName("System.Runtime.InteropServices.SafeHandle");
        var model = OwnershipModel.Create(compilation, []);
        var problems = new List<string>();
        foreach (var row in EmbeddedModels.Rows.Where(row => row.Returns is ReturnEffect.Owned or ReturnEffect.Wrapper or ReturnEffect.View))
        {
            foreach (var symbol in OwnershipRowResolver.Resolve(row, compilation))
            {
                var type = symbol is IPropertySymbol property ? property.Type : ((IMethodSymbol)symbol).ReturnType;
                if (type is INamedTypeSymbol { Name: "Task" or "ValueTask" or "ConfiguredTaskAwaitable", TypeArguments: [var result] })
                {
                    type = result;
                }

                // A handle is the view of a resource without being one: its finalizer is made for those who do not close it.
                if (row.Returns == ReturnEffect.View && SymbolEqualityComparer.Default.Equals(type.BaseType?.BaseType, safeHandle))
                {
                    continue;
                }

                // bool AcceptAsync(SocketAsyncEventArgs) is an overload of what returns the socket.
                if (type.SpecialType != SpecialType.System_Boolean && type.TypeKind != TypeKind.TypeParameter && !model.GetTypeFacts(type).IsResource)
                {
                    problems.Add($"{row.Id} returns '{type}'");
                }
            }
        }

        AssertNone(problems);
    }

    private static void AssertNone(IEnumerable<string> problems)
    {
        var list = string.Join(Environment.NewLine, problems);
        Assert.True(list.Length == 0, list);
    }

    private static IEnumerable<string> Superfluous(OwnershipRow row, Compilation compilation)
    {
        if (!OwnershipRowResolver.Resolve(row, compilation).IsEmpty)
        {
            yield return $"{row.Id} is there before {row.Since}";
        }
    }

    /// <summary>An older overload may lack the parameter of a condition, which then does not have the value.</summary>
    private static IEnumerable<string> Problems(OwnershipRow row, Compilation compilation, bool isOlder = false)
    {
        var symbols = OwnershipRowResolver.Resolve(row, compilation);
        if (symbols.IsEmpty)
        {
            yield return $"{row.Id} names nothing";
            yield break;
        }

        var conditions = row.Parameters.Select(clause => clause.Condition).Append(row.ReturnsCondition).Append(row.TakesReceiverCondition).Append(row.ThrowsCondition);
        foreach (var condition in conditions.OfType<RowCondition>())
        {
            var parameters = symbols.SelectMany(symbol => OwnershipModel.Parameters(symbol)).Where(parameter => parameter.Name == condition.Parameter).ToList();
            if (parameters.Count == 0 && !isOlder)
            {
                yield return $"{row.Id}: no overload has a parameter '{condition.Parameter}'";
            }
            else if (parameters.Any(parameter => !OwnershipRowResolver.TryReadValue(condition.Value, parameter.Type, out _)))
            {
                yield return $"{row.Id}: '{condition.Value}' is no value of '{condition.Parameter}'";
            }
        }
    }
}
