namespace ModelCompiler.Runtime.Csv;

/// <summary>What an empty cell means, or one with NA, N/A, NaN, null or a question mark.</summary>
public enum Missing
{
    /// <summary>The table cannot be used: an error names the row.</summary>
    Refused,

    /// <summary>
    /// The mean of the training items, which <see cref="Data.Standardization"/> puts there; until then not a number.
    /// </summary>
    Mean,

    /// <summary>The number 0.</summary>
    Zero,
}
