using System;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// What a member without a row or a body is taken to do, by the conventions of .NET: a stream or reader that is given to an ordinary
/// method is read or written and stays the caller's, unless the method's name or result says that it is kept.
/// </summary>
internal static class Conventions
{
    private static readonly string[] StoringPrefixes =
    {
        "Add", "Set", "Register", "Attach", "Use", "With", "Push", "Enqueue", "Track",
    };

    private static readonly string[] ReleasingWords =
    {
        "Dispose", "Close", "Stop", "Disconnect", "Shutdown", "ShutDown", "Release", "Free", "Destroy", "Terminate", "Kill", "Abort", "Clean", "TearDown", "Teardown", "End", "Quit", "Exit", "Logout", "LogOut",
    };

    private static readonly string[] OpeningWords = { "Open", "Start", "Init", "Connect", "Begin", "Create", "Setup", "SetUp" };

    private static readonly string[] StartingWords = { "Start", "Run", "Begin", "Listen", "Process", "Handle", "Serve" };

    /// <summary>Whether the name of a method speaks of an end: it may release what it is called on or given.</summary>
    public static bool HasReleasingName(string name) => HasWord(name, ReleasingWords);

    /// <summary>Whether a method that nothing else is known of may, by its name, end the life of its object, or start work that does.</summary>
    public static bool MayRelease(string name) => HasWord(name, ReleasingWords) || HasWord(name, StartingWords);

    /// <summary>Whether the name of a method speaks of a beginning, which comes once: what replaces is called otherwise.</summary>
    public static bool HasOpeningName(string name)
    {
        foreach (var word in OpeningWords)
        {
            if (name.StartsWith(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasWord(string name, string[] words)
    {
        foreach (var word in words)
        {
            if (name.Contains(word))
            {
                return true;
            }
        }

        return false;
    }

    private static readonly string[] LoggingPrefixes = { "Log", "Write", "Trace", "Debug", "Info", "Warn", "Error", "Fatal", "Critical", "Verbose", "Print" };

    /// <summary>Whether a method writes what it is given to a log, by its name.</summary>
    public static bool Logs(IMethodSymbol method)
    {
        foreach (var prefix in LoggingPrefixes)
        {
            if (method.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a resource of this kind that is given to the method is borrowed by convention.</summary>
    public static bool Borrows(IMethodSymbol method, ResourceKind kind) =>
        kind is ResourceKind.Stream or ResourceKind.Reader
        && method.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension
        && !Stores(method.Name)
        && !ReadsAll(method)
        && CannotHold(method.ReturnType)
        && !HandsOut(method)
        && !AsksWhoReleases(method);

    /// <summary>A flag such as <c>leaveOpen</c> says that the method may release what it is given.</summary>
    private static bool AsksWhoReleases(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Type.SpecialType == SpecialType.System_Boolean
                && (parameter.Name.StartsWith("leave", StringComparison.OrdinalIgnoreCase)
                    || parameter.Name.StartsWith("keep", StringComparison.OrdinalIgnoreCase)
                    || parameter.Name.StartsWith("owns", StringComparison.OrdinalIgnoreCase)
                    || parameter.Name.StartsWith("close", StringComparison.OrdinalIgnoreCase)
                    || parameter.Name.StartsWith("dispose", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An extension that reads all there is (<c>stream.ReadAllText()</c>): as often as not it closes what it has read.</summary>
    private static bool ReadsAll(IMethodSymbol method) =>
        method.IsExtensionMethod
        && (method.Name.StartsWith("ReadAll", StringComparison.Ordinal) || method.Name.StartsWith("ReadToEnd", StringComparison.Ordinal));

    /// <summary>Whether an <c>out</c> or <c>ref</c> parameter may bring out what holds the argument.</summary>
    private static bool HandsOut(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind is RefKind.Out or RefKind.Ref && !CannotHold(parameter.Type))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Stores(string name)
    {
        foreach (var prefix in StoringPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length || !char.IsLower(name[prefix.Length])))
            {
                return true;
            }
        }

        return name.StartsWith("Send", StringComparison.Ordinal) && name.Contains("Result");
    }

    /// <summary>Whether a value of the type is plain data, in which no stream can be hidden.</summary>
    private static bool CannotHold(ITypeSymbol type)
    {
        if (SymbolWords.IsTaskLike(type))
        {
            return type is not INamedTypeSymbol { TypeArguments: { Length: 1 } inner } || CannotHold(inner[0]);
        }

        return type switch
        {
            { SpecialType: SpecialType.System_Void or SpecialType.System_String } => true,
            { IsValueType: true, TypeKind: TypeKind.Enum or TypeKind.Struct, SpecialType: not SpecialType.None } => true,
            { TypeKind: TypeKind.Enum } => true,
            IArrayTypeSymbol array => CannotHold(array.ElementType),
            INamedTypeSymbol named => IsData(named),
            _ => false,
        };
    }

    /// <summary>A class or struct that is not disposable, lazy or abstract: a document, a record of values.</summary>
    private static bool IsData(INamedTypeSymbol type)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.IsAbstract || type.SpecialType == SpecialType.System_Object)
        {
            return false;
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (implemented.Name is "IDisposable" or "IAsyncDisposable" or "IEnumerator" or "IAsyncEnumerator")
            {
                return false;
            }
        }

        foreach (var argument in type.TypeArguments)
        {
            if (!CannotHold(argument))
            {
                return false;
            }
        }

        return true;
    }
}
