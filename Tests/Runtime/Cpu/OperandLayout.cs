namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>How a batch of matrices can lie in memory.</summary>
public enum OperandLayout
{
    /// <summary>[outer, inner, rows, columns]</summary>
    RowMajor,

    /// <summary>[outer, inner, columns, rows]</summary>
    Transposed,

    /// <summary>Rows of five elements more than there are columns.</summary>
    PaddedRows,

    /// <summary>[outer, rows, inner, columns]: heads side by side, as attention has them.</summary>
    SideBySide,

    /// <summary>[outer, columns, inner, rows]: the transposes of heads side by side.</summary>
    SideBySideTransposed,

    /// <summary>Neither rows nor columns have neighbours.</summary>
    Sparse,

    /// <summary>From the last row to the first.</summary>
    Reversed,

    /// <summary>One matrix for each outer index.</summary>
    SharedByInner,

    /// <summary>One matrix for all.</summary>
    SharedByAll,

    /// <summary>One number for all elements of a matrix.</summary>
    OneNumber,
}
