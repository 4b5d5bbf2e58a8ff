using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

// What lambdas and local functions do to the variables that they share with the body around them.
internal sealed partial class ObligationProblem
{
    /// <summary>
    /// A delegate is made of a function: what the function releases or keeps is its own from here on. What it only uses stays with
    /// this body.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="isKept">The delegate is returned or stored: it may be called for as long as it lives, and so may need what it uses.</param>
    /// <param name="isTakenBack">It is a callback that a <c>using</c> takes back: what it releases, it releases only when it is called before.</param>
    private void Capture(Body? function, bool isKept, bool isTakenBack)
    {
        if (function is null)
        {
            ForgetShared();
            return;
        }

        foreach (var (place, variable) in SharedAliases(function))
        {
            Outcome.IsStarted = true;
            switch (_engine.FateOfCaptured(function, variable, _cancellationToken).OnReturn)
            {
                case ArgumentFate.Borrowed when !isKept:
                case ArgumentFate.Drained when !isKept && !_isBody:
                case ArgumentFate.Released when isTakenBack:
                    break;
                case ArgumentFate.Released or ArgumentFate.Taken:
                    HandOver(ValueAt(place));
                    break;
                default:
                    Forget(ValueAt(place));
                    break;
            }
        }
    }

    /// <summary>
    /// Whether the function is the callback of a registration that a <c>using</c> takes back, and nothing here depends on whether it ran. A listener
    /// waits until it is cancelled: its callback ends it.
    /// </summary>
    private bool IsTakenBack(IOperation function) =>
        !_subject.IsListening
        && ScopedRegistration.IsCallback(function, _context.Known) && !ScopedRegistration.IsAskedFor(_body.Graph.OriginalOperation.Syntax);

    /// <summary>An event of the resource gets a handler: one that releases its sender releases the resource.</summary>
    private void Subscribe(AbstractValue publisher, IOperation handler)
    {
        Evaluate(handler);
        if (publisher.Alias == Alias.No)
        {
            return;
        }

        handler = handler.WithoutConversions();
        if (handler is IDelegateCreationOperation creation)
        {
            handler = creation.Target.WithoutConversions();
        }

        var fate = handler switch
        {
            IFlowAnonymousFunctionOperation lambda => FateOfSender(_body.FindFunction(lambda.Symbol)),
            IMethodReferenceOperation { Method.MethodKind: MethodKind.LocalFunction } reference => FateOfSender(_body.FindFunction(reference.Method)),
            IMethodReferenceOperation { Method: { Parameters.IsEmpty: false } method } when _calls.HasSummary(method) =>
                _calls.FateOf(method, method.Parameters[0], null, ImmutableArray<IArgumentOperation>.Empty).OnReturn,
            _ => ArgumentFate.Borrowed,
        };
        switch (fate)
        {
            case ArgumentFate.Borrowed:
            case ArgumentFate.Drained when !_isBody:
                break;
            case ArgumentFate.Released or ArgumentFate.Taken:
                HandOver(publisher);
                break;
            default:
                Forget(publisher);
                break;
        }
    }

    private ArgumentFate FateOfSender(Body? function) =>
        function?.ParameterAt(0) is { Type.IsReferenceType: true } sender && function.Mentions(sender)
            ? _engine.FateOfCaptured(function, sender, _cancellationToken).OnReturn
            : ArgumentFate.Borrowed;

    /// <summary>Whether a delegate that is made here is returned, or put where it outlives the call: into an event, a field, an element.</summary>
    private static bool IsKept(IOperation function)
    {
        var parent = function.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            parent = parent.Parent;
        }

        return parent is null or IReturnOperation or IEventAssignmentOperation or ICompoundAssignmentOperation
            || (parent is ISimpleAssignmentOperation assignment && VariableOf(assignment.Target.WithoutConversions()) is null && assignment.Target is not IFlowCaptureReferenceOperation);
    }

    /// <summary>A local function is called: what it does to the shared variables is done here.</summary>
    private void RunFunction(Body function, bool throws)
    {
        foreach (var (place, variable) in SharedAliases(function))
        {
            Outcome.IsStarted = true;
            var fate = _engine.FateOfCaptured(function, variable, _cancellationToken);
            Apply(throws ? fate.OnThrow : fate.OnReturn, ValueAt(place));
        }
    }

    /// <summary>Whether a delegate that was made before may release or keep what the variable is given now.</summary>
    private bool IsCapturedBefore(ISymbol variable, IOperation assignment)
    {
        if (!_body.IsSharedWithNested(variable))
        {
            return false;
        }

        foreach (var function in _body.Nested)
        {
            if (!function.IsLocalFunction
                && function.Uses(variable)
                && function.Graph.OriginalOperation.Syntax.SpanStart < assignment.Syntax.SpanStart
                && _engine.FateOfCaptured(function, variable, _cancellationToken).OnReturn is not (ArgumentFate.Borrowed or ArgumentFate.Drained))
            {
                return true;
            }
        }

        return false;
    }

    private ImmutableArray<(int Place, ISymbol Variable)> SharedAliases(Body function)
    {
        var aliases = ImmutableArray.CreateBuilder<(int, ISymbol)>();
        foreach (var (variable, place) in _places.Variables)
        {
            if (ValueAt(place).Alias != Alias.No && function.Uses(variable))
            {
                aliases.Add((place, variable));
            }
        }

        return aliases.ToImmutable();
    }

    private void ForgetShared()
    {
        foreach (var (variable, place) in _places.Variables)
        {
            if (_body.IsSharedWithNested(variable))
            {
                Forget(ValueAt(place));
            }
        }
    }
}
