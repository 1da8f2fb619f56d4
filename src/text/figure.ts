/** How both languages write a count, so that one of four digits and more is read at a glance: `10,000`. */
export const figure = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
