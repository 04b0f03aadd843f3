namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// What is done to each tile of a matrix product when it is finished, while it is still in the cache.
/// </summary>
public unsafe interface IGemmEpilogue
{
    /// <summary>
    /// Called once for every tile; the tiles cover the product without overlapping, and are the same for any number of
    /// threads.
    /// </summary>
    /// <param name="tile">[rows, columns], inside C itself: the product's final numbers.</param>
    /// <param name="tileStride">Elements from one row of the tile to the next: the row stride of C.</param>
    /// <param name="outer">Index of the outer batch axis.</param>
    /// <param name="inner">Index of the inner batch axis.</param>
    /// <param name="row">Row of C at which the tile starts.</param>
    /// <param name="column">Column of C at which the tile starts; of matrix products a multiple of 16.</param>
    /// <param name="rows">Rows of the tile, at least 1.</param>
    /// <param name="columns">Columns of the tile, at least 1.</param>
    void Apply(float* tile, nint tileStride, int outer, int inner, int row, int column, int rows, int columns);
}
