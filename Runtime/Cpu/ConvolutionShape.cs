namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// The lengths of a convolution of x [Batch, Channels, Height, Width] with a weight [Outputs, Channels / Groups,
/// KernelHeight, KernelWidth] to y [Batch, Outputs, OutHeight, OutWidth].
/// </summary>
/// <remarks>
/// <code>
/// y[b, o, i, j] = Σ x[b, c, i · StrideHeight - PaddingHeight + r · DilationHeight, ..] · weight[o, c, r, s]
/// </code>
/// over the channels of o's group; x is 0 outside of the image.
/// </remarks>
public struct ConvolutionShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Channels of x, of all groups together.</summary>
    public int Channels;

    /// <summary>Rows of x.</summary>
    public int Height;

    /// <summary>Columns of x.</summary>
    public int Width;

    /// <summary>Channels of y, of all groups together.</summary>
    public int Outputs;

    /// <summary>Rows of y.</summary>
    public int OutHeight;

    /// <summary>Columns of y.</summary>
    public int OutWidth;

    /// <summary>Rows of the kernel.</summary>
    public int KernelHeight;

    /// <summary>Columns of the kernel.</summary>
    public int KernelWidth;

    /// <summary>Rows of x from one row of y to the next.</summary>
    public int StrideHeight;

    /// <summary>Columns of x from one column of y to the next.</summary>
    public int StrideWidth;

    /// <summary>Rows of zeros above and below x.</summary>
    public int PaddingHeight;

    /// <summary>Columns of zeros left and right of x.</summary>
    public int PaddingWidth;

    /// <summary>Rows of x from one row of the kernel to the next.</summary>
    public int DilationHeight;

    /// <summary>Columns of x from one column of the kernel to the next.</summary>
    public int DilationWidth;

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups;

    /// <summary>Channels of x that one channel of y sees.</summary>
    internal readonly int GroupChannels => Channels / Groups;

    /// <summary>Channels of y in one group.</summary>
    internal readonly int GroupOutputs => Outputs / Groups;

    /// <summary>Elements of the kernel for one pair of channels.</summary>
    internal readonly int Taps => KernelHeight * KernelWidth;

    /// <summary>Multiply-adds of the product.</summary>
    internal readonly long Cost =>
        (long)Batch * Outputs * OutHeight * OutWidth * GroupChannels * Taps;
}
