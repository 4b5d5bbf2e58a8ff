using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Tells which constructors take over the resource that they are given.</summary>
internal static class Wrappers
{
    /// <summary>Whether disposing the new object certainly disposes this argument.</summary>
    public static bool Owns(BaseObjectCreationExpressionSyntax creation, ArgumentSyntax argument, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetOperation(creation, cancellationToken) is not IObjectCreationOperation { Constructor: { } constructor } operation
            || !Disposability.IsDisposable(constructor.ContainingType, model.Compilation))
        {
            return false;
        }

        foreach (var given in operation.Arguments)
        {
            if (given.Syntax == argument && given.Parameter is { } parameter)
            {
                var fact = Rows.Of(constructor, model.Compilation).Parameter(parameter.Ordinal);
                return fact.Effect == ParameterEffect.Takes && CallModel.Holds(fact.Condition, operation.Arguments) == true;
            }
        }

        return false;
    }
}
