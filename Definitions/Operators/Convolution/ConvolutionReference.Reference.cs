namespace ModelCompiler;

/// <summary>Every multiplication of a convolution, one after another: what its result and gradients add up.</summary>
static class ConvolutionReference
{
    /// <summary>Places of elements of x, weight and y that meet.</summary>
    public delegate void Term(int x, int weight, int y);

    /// <param name="window">How the kernel moves.</param>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="y">[B, O, OH, OW].</param>
    /// <param name="term">Called in the order of y, then of the weight.</param>
    public static void ForEach(Window window, Shape x, Shape y, Term term)
    {
        (int batch, int outputs, int outHeight, int outWidth) = ((int)y[0], (int)y[1], (int)y[2], (int)y[3]);
        (int all, int height, int width) = ((int)x[1], (int)x[2], (int)x[3]);
        int channels = all / window.Groups, perGroup = outputs / window.Groups, at = 0;
        for (int b = 0; b < batch; b++)
            for (int o = 0; o < outputs; o++)
                for (int i = 0; i < outHeight; i++)
                    for (int j = 0; j < outWidth; j++, at++)
                        for (int c = 0, w = o * channels * window.KernelHeight * window.KernelWidth; c < channels; c++)
                            for (int r = 0; r < window.KernelHeight; r++)
                                for (int s = 0; s < window.KernelWidth; s++, w++)
                                {
                                    int row = i * window.StrideHeight - window.PaddingHeight
                                        + r * window.DilationHeight;
                                    int column = j * window.StrideWidth - window.PaddingWidth
                                        + s * window.DilationWidth;
                                    if (row < 0 || row >= height || column < 0 || column >= width) continue;
                                    int channel = b * all + o / perGroup * channels + c;
                                    term((channel * height + row) * width + column, w, at);
                                }
    }
}
