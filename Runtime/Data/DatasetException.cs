using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// Data that cannot be used: a file is missing or damaged, or a value in it is not what it should be.
/// </summary>
public sealed class DatasetException : Exception
{
    /// <summary>Says what is wrong and where.</summary>
    /// <param name="source">The file, or the data set's name.</param>
    /// <param name="problem">What is there, what was expected and the way out, in full sentences.</param>
    /// <param name="row">Which row, image or line, from 1; null where the whole of it is meant.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public DatasetException(string source, string problem, long? row = null, Exception? innerException = null)
        : base($"{source}{(row is { } r ? $", row {r}" : "")}: {problem}", innerException)
    {
        File = source;
        Row = row;
    }

    /// <summary>The file, or the data set's name.</summary>
    public string File { get; }

    /// <summary>Which row, image or line, from 1; null where the whole of it is meant.</summary>
    public long? Row { get; }
}
