using System;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Cuts all positions of a batch into stretches of about equal length: whole images where they are small, else rows of
/// one image, else parts of one row. Depends on shapes alone.
/// </summary>
readonly struct PatchCut
{
    readonly int batch, height, width, images, rows, columns, rowParts, columnParts;

    /// <param name="batch">Images.</param>
    /// <param name="height">Rows of positions of an image.</param>
    /// <param name="width">Positions of a row.</param>
    /// <param name="most">Positions of a stretch, at least 1.</param>
    /// <param name="unit">Parts of a row are multiples of it.</param>
    public PatchCut(int batch, int height, int width, int most, int unit)
    {
        (this.batch, this.height, this.width) = (batch, height, width);
        (images, rows, columns) = (1, height, width);
        if ((long)height * width <= most)
        {
            int largest = Math.Min(batch, most / (height * width));
            images = GemmBlocking.EqualParts(batch, largest, 1);
        }
        else if (width <= most) rows = GemmBlocking.EqualParts(height, most / width, 1);
        else (rows, columns) = (1, Math.Min(most, GemmBlocking.EqualParts(width, most, unit)));
        rowParts = GemmBlocking.Count(height, rows);
        columnParts = GemmBlocking.Count(width, columns);
        Count = checked(GemmBlocking.Count(batch, images) * rowParts * columnParts);
    }

    /// <summary>How many stretches.</summary>
    public int Count { get; }

    /// <summary>Positions of the longest stretch.</summary>
    public int Longest => images * rows * columns;

    /// <summary>Images, rows and columns of the longest stretch.</summary>
    public (int Images, int Rows, int Columns) Largest => (images, rows, columns);

    /// <summary>One stretch.</summary>
    /// <param name="index">From 0 to below <see cref="Count"/>.</param>
    public PatchStretch this[int index]
    {
        get
        {
            int image = index / (rowParts * columnParts) * images, part = index % (rowParts * columnParts);
            int row = part / columnParts * rows, column = part % columnParts * columns;
            return new(image, Math.Min(images, batch - image), row, Math.Min(rows, height - row), column,
                Math.Min(columns, width - column));
        }
    }
}
