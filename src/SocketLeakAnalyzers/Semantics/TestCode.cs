using System;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>Tells test code, by the attributes of xUnit, NUnit and MSTest and by what an assembly references.</summary>
internal static class TestCode
{
    private static readonly string[] FrameworkAssemblies =
    {
        "xunit", "nunit.framework", "Microsoft.VisualStudio.TestPlatform.TestFramework", "Microsoft.VisualStudio.QualityTools.UnitTestFramework",
        "MSTest.TestFramework", "TUnit",
    };

    /// <summary>Whether the assembly references a test framework.</summary>
    public static bool IsTestAssembly(Compilation compilation)
    {
        foreach (var assembly in compilation.ReferencedAssemblyNames)
        {
            foreach (var name in FrameworkAssemblies)
            {
                if (assembly.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (assembly.Name.Length == name.Length || assembly.Name[name.Length] == '.'))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a member, or a type around it, has an attribute of a test framework; or another member of its type has one.</summary>
    public static bool IsTest(ISymbol? member)
    {
        for (var symbol = member; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (HasTestAttribute(symbol))
            {
                return true;
            }

            if (symbol is INamedTypeSymbol type)
            {
                foreach (var other in type.GetMembers())
                {
                    if (other is IMethodSymbol && HasTestAttribute(other))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool HasTestAttribute(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is not { } type)
            {
                continue;
            }

            if (type.TypeKind == TypeKind.Error)
            {
                // The framework's package is not restored, or is still to be added.
                if (type.Name is "Fact" or "FactAttribute" or "Theory" or "TheoryAttribute" or "Test" or "TestAttribute" or "TestCase" or "TestCaseAttribute"
                    or "TestFixture" or "TestFixtureAttribute" or "TestMethod" or "TestMethodAttribute" or "TestClass" or "TestClassAttribute")
                {
                    return true;
                }

                continue;
            }

            for (var current = type; current is not null; current = current.BaseType)
            {
                if (IsFrameworkNamespace(current.ContainingNamespace))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsFrameworkNamespace(INamespaceSymbol? space)
    {
        for (; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            switch (space)
            {
                case { Name: "Xunit" or "TUnit", ContainingNamespace.IsGlobalNamespace: true }:
                case { Name: "Framework", ContainingNamespace: { Name: "NUnit", ContainingNamespace.IsGlobalNamespace: true } }:
                case { Name: "UnitTesting", ContainingNamespace: { Name: "TestTools", ContainingNamespace.Name: "VisualStudio" } }:
                    return true;
            }
        }

        return false;
    }
}
