namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// The innermost loop of a matrix product for one instruction set: a tile of C that stays in registers while k runs.
/// </summary>
unsafe interface ITile
{
    /// <summary>Most rows of a tile; a packed strip of A has this many for each k.</summary>
    static abstract int Rows { get; }

    /// <summary>
    /// Columns of a tile; packed B has this many for each k. A divisor of <see cref="GemmBlocking.TileColumns"/>.
    /// </summary>
    static abstract int Columns { get; }

    /// <summary>
    /// c = a · b, or c += a · b. Every element is summed in the order of k, whatever the number of rows.
    /// </summary>
    /// <param name="a">[Rows, k], packed or where it lies; all Rows are read, whatever <paramref name="rows"/>.</param>
    /// <param name="aRow">Elements from one row of a to the next.</param>
    /// <param name="aAlong">Elements from one k to the next.</param>
    /// <param name="b">[k, Columns], its rows <paramref name="bStride"/> apart.</param>
    /// <param name="bStride">In elements.</param>
    /// <param name="c">[rows, Columns], its rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">In elements.</param>
    /// <param name="k">At least 0.</param>
    /// <param name="rows">1 to Rows; no other rows of c are touched.</param>
    /// <param name="columns">
    /// 1 to Columns: of the others nobody reads what is written, and they may be left out.
    /// </param>
    /// <param name="accumulate">Whether c already holds a sum.</param>
    static abstract void Multiply(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, int columns, bool accumulate);
}
