using System;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>
/// A checkpoint is damaged or of another model. Unless the message says otherwise, no parameter has changed.
/// </summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Says what is wrong with a file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="problem">What was expected, what is there, and the way out, in full sentences.</param>
    /// <param name="tensor">The tensor it concerns, if it is one.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public CheckpointException(string path, string problem, string? tensor = null, Exception? innerException = null)
        : base($"{path}: {problem}", innerException)
    {
        Path = path;
        Tensor = tensor;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensor the problem concerns; null when it is the file as a whole.</summary>
    public string? Tensor { get; }
}
