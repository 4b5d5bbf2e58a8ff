using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace SocketLeakAnalyzers.Testing;

/// <summary>How a test reports that it failed.</summary>
public interface IVerifier
{
    /// <summary>Fails unless the collection is empty.</summary>
    void Empty<T>(string collectionName, IEnumerable<T> collection);

    /// <summary>Fails unless the values are equal.</summary>
    void Equal<T>(T expected, T actual, string? message = null);

    /// <summary>Fails unless the condition holds.</summary>
    void True([DoesNotReturnIf(false)] bool assert, string? message = null);

    /// <summary>Fails if the condition holds.</summary>
    void False([DoesNotReturnIf(true)] bool assert, string? message = null);

    /// <summary>Fails.</summary>
    [DoesNotReturn]
    void Fail(string? message = null);

    /// <summary>Fails unless the language can be tested.</summary>
    void LanguageIsSupported(string language);

    /// <summary>Fails if the collection is empty.</summary>
    void NotEmpty<T>(string collectionName, IEnumerable<T> collection);

    /// <summary>Fails unless the sequences are equal.</summary>
    void SequenceEqual<T>(IEnumerable<T> expected, IEnumerable<T> actual, IEqualityComparer<T>? equalityComparer = null, string? message = null);

    /// <summary>A verifier whose failures say the context as well.</summary>
    IVerifier PushContext(string context);
}

/// <summary>Reports a failure by throwing an <see cref="InvalidOperationException"/>, which every test framework understands.</summary>
public class DefaultVerifier : IVerifier
{
    /// <summary>A verifier without a context.</summary>
    public DefaultVerifier()
        : this(ImmutableStack<string>.Empty)
    {
    }

    /// <summary>A verifier whose failures say the context, innermost last.</summary>
    protected DefaultVerifier(ImmutableStack<string> context) => Context = context;

    /// <summary>What is being verified, innermost on top.</summary>
    protected ImmutableStack<string> Context { get; }

    /// <inheritdoc/>
    public virtual void Empty<T>(string collectionName, IEnumerable<T> collection)
    {
        if (collection.Any())
            Fail($"Expected '{collectionName}' to be empty, but it contains: {string.Join(", ", collection)}");
    }

    /// <inheritdoc/>
    public virtual void Equal<T>(T expected, T actual, string? message = null)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            Fail($"{message ?? "The values differ."}{Environment.NewLine}Expected: {expected}{Environment.NewLine}Actual:   {actual}");
    }

    /// <inheritdoc/>
    public virtual void True([DoesNotReturnIf(false)] bool assert, string? message = null)
    {
        if (!assert)
            Fail(message ?? "Expected true, but was false.");
    }

    /// <inheritdoc/>
    public virtual void False([DoesNotReturnIf(true)] bool assert, string? message = null)
    {
        if (assert)
            Fail(message ?? "Expected false, but was true.");
    }

    /// <inheritdoc/>
    [DoesNotReturn]
    public virtual void Fail(string? message = null) => throw new InvalidOperationException(CreateMessage(message ?? "The verification failed."));

    /// <inheritdoc/>
    public virtual void LanguageIsSupported(string language)
    {
        if (language != Microsoft.CodeAnalysis.LanguageNames.CSharp)
            Fail($"Unsupported language: '{language}'");
    }

    /// <inheritdoc/>
    public virtual void NotEmpty<T>(string collectionName, IEnumerable<T> collection)
    {
        if (!collection.Any())
            Fail($"Expected '{collectionName}' not to be empty.");
    }

    /// <inheritdoc/>
    public virtual void SequenceEqual<T>(IEnumerable<T> expected, IEnumerable<T> actual, IEqualityComparer<T>? equalityComparer = null, string? message = null)
    {
        if (!expected.SequenceEqual(actual, equalityComparer))
            Fail($"{message ?? "The sequences differ."}{Environment.NewLine}Expected: {string.Join(", ", expected)}{Environment.NewLine}Actual:   {string.Join(", ", actual)}");
    }

    /// <inheritdoc/>
    public virtual IVerifier PushContext(string context) => new DefaultVerifier(Context.Push(context));

    /// <summary>The message with its context in front of it.</summary>
    protected virtual string CreateMessage(string message) =>
        string.Concat(Context.Reverse().Select(context => "Context: " + context + Environment.NewLine)) + message;
}
