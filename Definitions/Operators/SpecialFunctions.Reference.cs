using System;

namespace ModelCompiler;

/// <summary>Functions that System.Math lacks, to double precision.</summary>
static class SpecialFunctions
{
    /// <summary>The error function: its Taylor series near 0, the continued fraction of erfc elsewhere.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        double size = Math.Abs(x);
        if (size > 6) return Math.Sign(x);
        if (size < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; n < 120 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        double fraction = 0;
        for (int n = 80; n >= 1; n--) fraction = n / 2.0 / (size + fraction);
        return Math.Sign(x) * (1 - Math.Exp(-size * size) / (Math.Sqrt(Math.PI) * (size + fraction)));
    }
}
