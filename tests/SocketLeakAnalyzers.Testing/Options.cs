using System;

namespace SocketLeakAnalyzers.Testing;

/// <summary>From which severity on a diagnostic of the compiler is looked at.</summary>
public enum CompilerDiagnostics
{
    /// <summary>The compiler's diagnostics are ignored: the code may fail to compile.</summary>
    None,

    /// <summary>Every error has to be expected.</summary>
    Errors,

    /// <summary>Every error and warning has to be expected.</summary>
    Warnings,

    /// <summary>Every error, warning and suggestion has to be expected.</summary>
    Suggestions,

    /// <summary>Every diagnostic of the compiler has to be expected.</summary>
    All,
}

/// <summary>What a span in a source file means.</summary>
public enum MarkupMode
{
    /// <summary>The text is code as it stands.</summary>
    None,

    /// <summary>Spans are removed and expect nothing.</summary>
    Ignore,

    /// <summary>Spans expect a diagnostic, unless the code fix under test repairs diagnostics of this id.</summary>
    IgnoreFixable,

    /// <summary>Spans expect a diagnostic.</summary>
    Allow,
}

/// <summary>How a span in a source file becomes an expected diagnostic.</summary>
[Flags]
public enum MarkupOptions
{
    /// <summary><c>[|…|]</c> needs an analyzer with one descriptor; <c>$$</c> is a position.</summary>
    None = 0,

    /// <summary><c>[|…|]</c> is a diagnostic of the analyzer's first descriptor.</summary>
    UseFirstDescriptor = 0x1,

    /// <summary><c>$$</c> is code, for instance the start of a raw interpolated string.</summary>
    TreatPositionIndicatorsAsCode = 0x2,
}

/// <summary>Which part of a code fix test is skipped.</summary>
[Flags]
public enum CodeFixTestBehaviors
{
    /// <summary>Everything is checked.</summary>
    None = 0,

    /// <summary>Only the first diagnostic that has a fix is fixed.</summary>
    FixOne = 0x1,

    /// <summary>Fix All in a document is not checked.</summary>
    SkipFixAllInDocumentCheck = 0x2,

    /// <summary>Fix All in a project is not checked.</summary>
    SkipFixAllInProjectCheck = 0x4,

    /// <summary>Fix All in the solution is not checked.</summary>
    SkipFixAllInSolutionCheck = 0x8,

    /// <summary>Fix All is not checked.</summary>
    SkipFixAllCheck = SkipFixAllInDocumentCheck | SkipFixAllInProjectCheck | SkipFixAllInSolutionCheck,
}

/// <summary>Which part of an expected diagnostic is not compared.</summary>
[Flags]
public enum DiagnosticOptions
{
    /// <summary>All of it is compared.</summary>
    None = 0,

    /// <summary>Additional locations are not compared.</summary>
    IgnoreAdditionalLocations = 0x1,

    /// <summary>The severity is not compared.</summary>
    IgnoreSeverity = 0x2,
}

/// <summary>How a location of an expected diagnostic is read.</summary>
[Flags]
public enum DiagnosticLocationOptions
{
    /// <summary>Start and end are compared.</summary>
    None = 0,

    /// <summary>Only the start is compared.</summary>
    IgnoreLength = 0x1,

    /// <summary>The line is the number of a span <c>{|#n:…|}</c>.</summary>
    InterpretAsMarkupKey = 0x2,
}
