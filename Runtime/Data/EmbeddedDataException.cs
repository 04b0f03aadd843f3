using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>Data that was built into a program is missing or damaged.</summary>
public sealed class EmbeddedDataException : Exception
{
    /// <summary>Says what is wrong with a resource.</summary>
    /// <param name="resource">Its name.</param>
    /// <param name="problem">What was expected, what is there, and the way out, in full sentences.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public EmbeddedDataException(string resource, string problem, Exception? innerException = null)
        : base($"{resource}: {problem}", innerException) => Resource = resource;

    /// <summary>Name of the resource.</summary>
    public string Resource { get; }
}
