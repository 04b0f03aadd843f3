namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item i takes the mean of every window of plane i of x [planes, height, width] to y [planes, out height, out width],
/// or shares each element of y out among its window of x.
/// </summary>
readonly unsafe struct MeansOfWindows(in PoolingShape shape, float* x, float* y, bool isSpread) : IWork
{
    readonly PoolingShape shape = shape;
    readonly float* x = x, y = y;
    readonly bool isSpread = isSpread;

    public void Run(int first, int last)
    {
        nint area = (nint)shape.Height * shape.Width;
        float* at = y + (nint)first * shape.OutHeight * shape.OutWidth;
        for (int plane = first; plane < last; plane++)
        {
            float* image = x + plane * area;
            if (isSpread) Rows.Clear(image, area);
            for (int i = 0; i < shape.OutHeight; i++)
            {
                (int top, int bottom, int height) = shape.Rows(i);
                for (int j = 0; j < shape.OutWidth; j++, at++)
                {
                    (int left, int right, int width) = shape.Columns(j);
                    float share = 1f / (shape.CountsPadding ? height * width : (bottom - top) * (right - left));
                    if (isSpread) Spread(image, top, bottom, left, right, *at * share);
                    else *at = Sum(image, top, bottom, left, right) * share;
                }
            }
        }
    }

    float Sum(float* image, int top, int bottom, int left, int right)
    {
        float sum = 0;
        for (int r = top; r < bottom; r++)
            for (int c = left; c < right; c++) sum += image[(nint)r * shape.Width + c];
        return sum;
    }

    void Spread(float* image, int top, int bottom, int left, int right, float share)
    {
        for (int r = top; r < bottom; r++)
            for (int c = left; c < right; c++) image[(nint)r * shape.Width + c] += share;
    }
}
