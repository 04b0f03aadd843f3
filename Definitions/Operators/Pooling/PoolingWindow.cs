namespace ModelCompiler;

/// <summary>
/// How a window that is pooled moves over an image: at fixed steps, or adaptively, so that so many windows cover it.
/// </summary>
sealed class PoolingWindow
{
    readonly int[] numbers;

    PoolingWindow(int[] numbers) => this.numbers = numbers;

    /// <summary>Rows of a window; of an adaptive one, how many windows are below each other.</summary>
    public int Height => numbers[0];

    /// <summary>Columns of a window; of an adaptive one, how many windows are beside each other.</summary>
    public int Width => numbers[1];

    public int StrideHeight => numbers[2];
    public int StrideWidth => numbers[3];
    public int PaddingHeight => numbers[4];
    public int PaddingWidth => numbers[5];
    public bool CountsPadding => numbers[6] == 1;
    public bool IsAdaptive => numbers[6] == 2;

    /// <summary>Where an operation keeps it.</summary>
    public OperationAttributes Attributes => new() { Window = numbers };

    /// <summary>From where an operation keeps it.</summary>
    public static PoolingWindow Of(OperationAttributes attributes) => new(attributes.Window);

    /// <summary>Numbers that make no window are refused.</summary>
    public static PoolingWindow Of(string name, object culprit, int height, int width, int strideHeight,
        int strideWidth, int paddingHeight, int paddingWidth, bool countsPadding)
    {
        if (height < 1 || width < 1 || strideHeight < 1 || strideWidth < 1 || paddingHeight < 0 || paddingWidth < 0
            || 2 * paddingHeight > height || 2 * paddingWidth > width)
            throw new ShapeException(
                $"{name}: kernel {height} × {width} and stride {strideHeight} × {strideWidth} must be at least 1, " +
                    $"padding {paddingHeight} × {paddingWidth} at least 0 and at most half of the kernel. Change the " +
                    "one that is not", culprit) { Id = "MC1145" };
        return new([height, width, strideHeight, strideWidth, paddingHeight, paddingWidth, countsPadding ? 1 : 0]);
    }

    /// <summary>So many windows that cover an image, which overlap where its length is no multiple of theirs.</summary>
    public static PoolingWindow Adaptive(string name, object culprit, int height, int width) => height < 1 || width < 1
        ? throw new ShapeException(
            $"{name}: {height} × {width} windows were asked for; at least 1 × 1 is needed", culprit) { Id = "MC1145" }
        : new([height, width, 1, 1, 0, 0, 2]);

    /// <summary>The shape of what is pooled.</summary>
    public Shape Pooled(string name, Tensor x)
    {
        if (x.Shape.Rank != 4) throw new ShapeException(
            $"{name}: x is {x.Shape}; it must have axes of images, channels and places. Reshape it", x)
            { Id = "MC1146" };
        if (!IsAdaptive)
            return new Shape(x.Shape[0], x.Shape[1],
                Window.Output(name, x, 2, Height, StrideHeight, PaddingHeight),
                Window.Output(name, x, 3, Width, StrideWidth, PaddingWidth));
        if (x.Shape[2].Minimum < 1 || x.Shape[3].Minimum < 1) throw new ShapeException(
            $"{name}: x is {x.Shape}, which may have no elements. Give its dims a Min of 1", x) { Id = "MC1143" };
        return new Shape(x.Shape[0], x.Shape[1], Height, Width);
    }

    /// <summary>Whether a shape is what pooling another gives.</summary>
    public bool Pools(Shape x, Shape y)
    {
        if (x.Rank != 4 || y.Rank != 4 || x[0] != y[0] || x[1] != y[1]) return false;
        if (IsAdaptive) return y[2] == Height && y[3] == Width;
        return (x[2] + 2 * PaddingHeight - Height).TryFloor(StrideHeight, out Dim rows) && rows + 1 == y[2]
            && (x[3] + 2 * PaddingWidth - Width).TryFloor(StrideWidth, out Dim columns) && columns + 1 == y[3];
    }
}
