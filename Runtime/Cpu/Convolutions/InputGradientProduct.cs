namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// One phase of dx = weightᵀ · patches of dy: the rows and columns of dx that are equal modulo the strides meet the
/// same taps, and no others.
/// </summary>
unsafe struct InputGradientProduct : IImplicitProduct
{
    readonly PatchProduct patches;
    readonly float* weight, dx;     // [groups, outputs, channels, kernel], [batch, groups · channels, height, width]
    readonly int groups, outputs, channels, height, width, kernel, kernelWidth;
    readonly int tapRows, tapColumns, firstRow, firstColumn, rowStep, columnStep;
    readonly int phaseY, phaseX, strideY, strideX, gridWidth;

    /// <param name="shape">Of the convolution.</param>
    /// <param name="patches">Of dy, for this phase.</param>
    /// <param name="weight">The convolution's weight.</param>
    /// <param name="dx">Written.</param>
    /// <param name="vertical">Which rows of dx and of the kernel.</param>
    /// <param name="horizontal">Which columns of dx and of the kernel.</param>
    public InputGradientProduct(in ConvolutionShape shape, in PatchProduct patches, float* weight, float* dx,
        in GradientPhase vertical, in GradientPhase horizontal)
    {
        this.patches = patches;
        this.weight = weight;
        this.dx = dx;
        (groups, outputs, channels) = (shape.Groups, shape.GroupOutputs, shape.GroupChannels);
        (height, width, kernel, kernelWidth) = (shape.Height, shape.Width, shape.Taps, shape.KernelWidth);
        (tapRows, firstRow, rowStep, phaseY) = (vertical.Taps, vertical.First, vertical.Step, vertical.Phase);
        (tapColumns, firstColumn, columnStep) = (horizontal.Taps, horizontal.First, horizontal.Step);
        (phaseX, gridWidth) = (horizontal.Phase, horizontal.Count);
        (strideY, strideX) = (shape.StrideHeight, shape.StrideWidth);
    }

    public readonly int Groups => groups;
    public readonly int Rows => channels;
    public readonly int Depth => patches.Depth;
    public readonly int Chunks => patches.Chunks;
    public readonly int LargestChunk => patches.LargestChunk;
    public readonly int Slices => patches.Slices;

    public readonly int Columns(int chunk) => patches.Chunk(chunk).Length;

    public readonly int Length(int slice) => patches.Length(slice);

    public readonly void PackA(int group, int row, int valid, int slice, float* to, int lanes)
    {
        int taps = tapRows * tapColumns, k = patches.First(slice), end = k + Length(slice);
        while (k < end)
        {
            int output = k / taps, tap = k % taps, count = System.Math.Min(taps - tap, end - k);
            float* from = weight + ((nint)(group * outputs + output) * channels + row) * kernel;
            if (taps == kernel) Packing.Strip(from + tap, kernel, 1, valid, count, to, lanes);
            else PackTaps(from, tap, count, valid, to, lanes);
            k += count;
            to += (nint)count * lanes;
        }
    }

    /// <summary>Of the kernels of one output those taps that this phase meets.</summary>
    readonly void PackTaps(float* from, int tap, int count, int valid, float* to, int lanes)
    {
        for (int t = tap; t < tap + count; t++, to += lanes)
        {
            float* element = from + (firstRow + t / tapColumns * rowStep) * kernelWidth + firstColumn
                + t % tapColumns * columnStep;
            for (int lane = 0; lane < valid; lane++, element += kernel) to[lane] = *element;
            for (int lane = valid; lane < lanes; lane++) to[lane] = 0;
        }
    }

    public readonly void PackB(int group, int chunk, int slice, float* staging, float* to, int lanes) =>
        patches.Pack(group, chunk, slice, staging, to, lanes);

    public readonly void Store(int group, int chunk, int row, int rows, float* block, nint stride)
    {
        PatchStretch stretch = patches.Chunk(chunk);
        int length = stretch.Area, first = stretch.Row * gridWidth + stretch.Column;
        bool isWhole = strideY == 1 && strideX == 1;
        for (int b = 0; b < stretch.Images; b++)
            for (int r = 0; r < rows; r++)
            {
                float* from = block + r * stride + b * length;
                float* plane = dx + ((nint)(stretch.Image + b) * groups * channels + group * channels + row + r)
                    * height * width;
                if (isWhole)
                    new System.ReadOnlySpan<float>(from, length).CopyTo(new System.Span<float>(plane + first, length));
                else Scatter(from, plane, first, length);
            }
    }

    readonly void Scatter(float* from, float* plane, int first, int length)
    {
        for (int i = 0; i < length;)
        {
            int y = (first + i) / gridWidth, x = (first + i) % gridWidth;
            int count = System.Math.Min(gridWidth - x, length - i);
            float* to = plane + (nint)(phaseY + y * strideY) * width + phaseX + x * strideX;
            for (int j = 0; j < count; j++, to += strideX) *to = from[i + j];
            i += count;
        }
    }
}
