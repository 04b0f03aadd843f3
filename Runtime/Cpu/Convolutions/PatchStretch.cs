namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// A run of grid positions: of each of some images the same rectangle, whose positions follow each other in the image.
/// </summary>
readonly struct PatchStretch(int image, int images, int row, int rows, int column, int columns)
{
    /// <summary>The first image.</summary>
    public readonly int Image = image;

    /// <summary>How many images.</summary>
    public readonly int Images = images;

    /// <summary>The first row of the grid.</summary>
    public readonly int Row = row;

    /// <summary>How many rows.</summary>
    public readonly int Rows = rows;

    /// <summary>The first column of the grid.</summary>
    public readonly int Column = column;

    /// <summary>How many columns: all of them, or some of one row.</summary>
    public readonly int Columns = columns;

    /// <summary>Positions of one image.</summary>
    public int Area => Rows * Columns;

    /// <summary>Positions of all images.</summary>
    public int Length => Images * Area;
}
