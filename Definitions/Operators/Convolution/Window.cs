namespace ModelCompiler;

/// <summary>
/// How a convolution's kernel moves over an image. Checks shapes with messages that name the operator that was called.
/// </summary>
sealed class Window
{
    readonly int[] numbers;

    Window(int[] numbers) => this.numbers = numbers;

    public int KernelHeight => numbers[0];
    public int KernelWidth => numbers[1];
    public int StrideHeight => numbers[2];
    public int StrideWidth => numbers[3];
    public int PaddingHeight => numbers[4];
    public int PaddingWidth => numbers[5];
    public int DilationHeight => numbers[6];
    public int DilationWidth => numbers[7];
    public int Groups => numbers[8];

    /// <summary>Where an operation keeps it.</summary>
    public OperationAttributes Attributes => new() { Window = numbers };

    /// <summary>From where an operation keeps it.</summary>
    public static Window Of(OperationAttributes attributes) => new(attributes.Window);

    /// <summary>Numbers that make no convolution are refused.</summary>
    public static Window Of(string name, object culprit, int kernelHeight, int kernelWidth, int strideHeight,
        int strideWidth, int paddingHeight, int paddingWidth, int dilationHeight, int dilationWidth, int groups)
    {
        if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1 || dilationHeight < 1
            || dilationWidth < 1 || groups < 1 || paddingHeight < 0 || paddingWidth < 0)
            throw new ShapeException(
                $"{name}: kernel {kernelHeight} × {kernelWidth}, stride {strideHeight} × {strideWidth}, dilation " +
                    $"{dilationHeight} × {dilationWidth} and groups {groups} must be at least 1, padding " +
                    $"{paddingHeight} × {paddingWidth} at least 0. Change the one that is not", culprit)
                { Id = "MC1142" };
        return new([kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth, dilationHeight,
            dilationWidth, groups]);
    }

    /// <summary>The shape of the convolution of x with a weight.</summary>
    public Shape Convolved(string name, Tensor x, Tensor weight)
    {
        if (x.Shape.Rank != 4) throw NeedsImages(name, x.Shape, x);
        CheckWeight(name, x, weight, x.Shape[1], weight.Shape[1] * Groups);
        return new Shape(x.Shape[0], weight.Shape[0], Length(name, x, 2), Length(name, x, 3));
    }

    /// <summary>The shape of the transposed convolution of y with a weight.</summary>
    public Shape Transposed(string name, Tensor y, Tensor weight, int outputPaddingHeight, int outputPaddingWidth)
    {
        if (y.Shape.Rank != 4) throw NeedsImages(name, y.Shape, y);
        CheckWeight(name, y, weight, y.Shape[1], weight.Shape[0]);
        if (outputPaddingHeight < 0 || outputPaddingHeight >= StrideHeight && outputPaddingHeight > 0
            || outputPaddingWidth < 0 || outputPaddingWidth >= StrideWidth && outputPaddingWidth > 0)
            throw new ShapeException(
                $"{name}: output padding {outputPaddingHeight} × {outputPaddingWidth} must be at least 0 and below " +
                    $"the stride {StrideHeight} × {StrideWidth}. A length that the convolution would not give back " +
                    "needs Pad", y) { Id = "MC1142" };
        return new Shape(y.Shape[0], weight.Shape[1] * Groups,
            Grown(name, y, 2, KernelHeight, StrideHeight, PaddingHeight, DilationHeight, outputPaddingHeight),
            Grown(name, y, 3, KernelWidth, StrideWidth, PaddingWidth, DilationWidth, outputPaddingWidth));
    }

    /// <summary>The shape of the convolution of an image; null where there is none.</summary>
    public Shape? Convolved(Shape x, Dim outputs) => x.Rank == 4
        && Output(x[2], KernelHeight, StrideHeight, PaddingHeight, DilationHeight) is { } height
        && Output(x[3], KernelWidth, StrideWidth, PaddingWidth, DilationWidth) is { } width
        ? new Shape(x[0], outputs, height, width) : null;

    void CheckWeight(string name, Tensor x, Tensor weight, Dim channels, Dim expected)
    {
        if (weight.Shape.Rank != 4) throw new ShapeException(
            $"{name}: the weight is {weight.Shape}; it must have an axis of outputs, one of inputs and the kernel's",
            weight) { Id = "MC1140" };
        if (channels != expected || !weight.Shape[0].IsMultipleOf(Groups))
            throw new ShapeException(
                $"{name}: x has {channels} channels, but a weight {weight.Shape} in {Groups} groups takes {expected} " +
                    $"(x: {x.Shape}). Make the channels equal, and a multiple of the groups", weight)
                { Id = "MC1141" };
    }

    static ShapeException NeedsImages(string name, Shape shape, object culprit) =>
        new($"{name}: x is {shape}; it must have axes of images, channels and places. Reshape it", culprit)
        { Id = "MC1140" };

    Dim Length(string name, Tensor x, int axis)
    {
        bool isHeight = axis == 2;
        (int kernel, int stride) = isHeight ? (KernelHeight, StrideHeight) : (KernelWidth, StrideWidth);
        (int padding, int dilation) = isHeight ? (PaddingHeight, DilationHeight) : (PaddingWidth, DilationWidth);
        return Output(name, x, axis, dilation * (kernel - 1) + 1, stride, padding);
    }

    static Dim Grown(string name, Tensor y, int axis, int kernel, int stride, int padding, int dilation, int more)
    {
        Dim length = (y.Shape[axis] - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + more;
        return length.Minimum >= 1 ? length : throw new ShapeException(
            $"{name}: axis {axis} of the result would be {length}, which can be {length.Minimum} (x: {y.Shape}, " +
                $"padding {padding}). Lower the padding", y) { Id = "MC1143" };
    }

    static Dim? Output(Dim length, int kernel, int stride, int padding, int dilation) =>
        (length + 2 * padding - (dilation * (kernel - 1) + 1)).Minimum >= 0
        && (length + 2 * padding - (dilation * (kernel - 1) + 1)).TryFloor(stride, out Dim steps) ? steps + 1 : null;

    /// <summary>Places of a window on an axis.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="x">The images.</param>
    /// <param name="axis">Which of its axes.</param>
    /// <param name="extent">Elements that the window covers.</param>
    /// <param name="stride">Of the window.</param>
    /// <param name="padding">On both sides of the axis.</param>
    public static Dim Output(string name, Tensor x, int axis, int extent, int stride, int padding)
    {
        Dim length = x.Shape[axis], rest = length + 2 * padding - extent;
        if (rest.Minimum < 0)
            throw new ShapeException(
                $"{name}: a window of {extent} does not fit axis {axis}, which is {length} and {padding} of padding " +
                    $"on each side, {(length + 2 * padding).Minimum} at least (x: {x.Shape}). Use a smaller kernel, " +
                    "more padding, or a larger Min of the dim", x) { Id = "MC1143" };
        if (!rest.TryFloor(stride, out Dim steps))
            throw new ShapeException(
                $"{name}: axis {axis} is {length}, which is not known to be divisible by the stride {stride} (x: " +
                    $"{x.Shape}). Declare a Multiple of {stride} on its dim, or use a constant length", x)
                { Id = "MC1144" };
        return steps + 1;
    }
}
